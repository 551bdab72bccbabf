"""Words that every aggregate uses: events, ids, money, sealed text, refusals."""
