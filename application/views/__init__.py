"""The shapes of the contract: what goes over the wire as `data`, and how each is made of what the ledger says.

Field names are the clients', so they lack units: money is in minor units of the `currency` beside it. Texts are in
clear; a view is made at the edge and kept nowhere but in sealed receipts. Clients ignore fields that they do not know,
so fields may be added, never taken away.
"""
