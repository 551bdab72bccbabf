"""The floor plan: a venue's tables and the short codes that guests scan."""
