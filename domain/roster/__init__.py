"""The roster: who works at a venue, and in which role. The venue's own fact, in the venue's own ledger."""
