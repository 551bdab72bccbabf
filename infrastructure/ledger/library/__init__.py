"""Any application of the `eventsourcing` library on a venue's ledger.

`PERSISTENCE_MODULE=infrastructure.ledger.library:Factory` is all it takes (factory.py has the other variables).

A venue's ledger is the library's application sequence: a notification's id is the event's position. The library is
synchronous, so these adapters are too; the request path of Comanda itself never comes through here.
"""

from infrastructure.ledger.library.factory import Factory

__all__ = ["Factory"]
