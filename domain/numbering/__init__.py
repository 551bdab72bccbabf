"""Order numbers, handed out in small blocks per business day so that placements need not wait for each other."""
