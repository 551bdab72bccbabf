"""A gateway simulator: a program of its own that speaks PowerTranz's protocol, and remembers every charge.

    python -m infrastructure.simulator --port 8001 --data charges.ndjson

It shares the table of currencies with the client and nothing else, so that a mistake in one shows against the other.
"""
