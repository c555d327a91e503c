"""The outputs of a run: tables, pictures, the overlay."""
