"""The venue: its settings, and when it is open."""
