"""The ledger on PostgreSQL: one SQL function appends, everything else reads.

`recorder` is what the application talks to; `chain` and `verify` are what an auditor relies on; `library` lets any
application of the `eventsourcing` library run on a venue's ledger. All of them use the same tables and statements.
"""
