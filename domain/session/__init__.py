"""A session: one guest at one table, for a while."""
