"""What a run leaves for its user: tables, pictures, the overlay."""
