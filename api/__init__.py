"""HTTP and nothing else: decode, guard, send or query, encode."""
