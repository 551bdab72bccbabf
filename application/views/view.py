"""What every shown thing is."""

from collections.abc import Mapping

from msgspec import Struct

from domain.shared.sealed import Sealed


class View(Struct, frozen=True, kw_only=True):
    """Something shown to a client."""


class Texts:
    """Sealed texts and what they say. A text whose key is gone, or that was never there, says nothing."""

    def __init__(self, texts: Mapping[Sealed, str | None]) -> None:
        """Keep what was unsealed."""
        self._texts = texts

    def of(self, box: Sealed | None) -> str | None:
        """What the box says. KeyError for one that was not unsealed beforehand."""
        return None if box is None else self._texts[box]
