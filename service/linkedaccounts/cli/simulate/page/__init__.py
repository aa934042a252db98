"""What a simulation came to as a page."""
