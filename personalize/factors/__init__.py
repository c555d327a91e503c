"""What may take the place of the generic network as the X factor: plug-ins, and one of our own."""
