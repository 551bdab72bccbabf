"""What a basket costs and why: taxes, service charge, tip, explained line by line."""
