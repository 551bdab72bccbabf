"""What runs the projections: their schemas, their claims and bookmarks, and what happens when an event breaks one."""
