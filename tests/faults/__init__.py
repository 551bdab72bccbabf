"""Programs that die at the worst moment: nothing may be lost, nothing may happen twice.

The API, its worker and the gateway simulator run as the programs that they are; patient clients place and pay under
keys while one of them is killed, and what everybody was told is held against the ledger and the gateway's own books.
`python -m tests.faults --help` runs it for as long as you like.
"""
