"""What `comanda replay` is made of: streams folded on the way, and every event in a sentence."""
