"""All that the use cases need, in one value that is passed around. The composition roots furnish it."""

import random
from collections.abc import Callable
from uuid import UUID

from msgspec import Struct, field

from application.background import Background
from application.credentials import Credentials, Passwords, Tokens
from application.gateway import Gateway
from application.lanes import Lanes
from application.memory import Memory
from application.numbers import Numbers
from application.ports import Clock, Keyring, Ledger
from application.steps import NobodyWatches, Steps


class Timing(Struct, frozen=True, kw_only=True):
    """How long things may take, in seconds.

    An attempt to charge counts as abandoned once it is `gateway_timeout_s + grace_s` old without an outcome.
    """

    gateway_timeout_s: float = 10.0
    grace_s: float = 5.0
    patience_s: float = 5.0
    conflicts_s: float = 4.0
    refresh_ttl_s: int = 2_592_000

    @property
    def abandoned_after_s(self) -> float:
        """How old an attempt without an outcome is when nobody can be working on it any more."""
        return self.gateway_timeout_s + self.grace_s


class House(Struct, frozen=True, kw_only=True, eq=False):
    """The ports, and what this process keeps in mind between requests.

    `ids` makes random UUIDs, `secret(n)` n random bytes, `jitter` numbers from 0 to 1. `instance_secret` (≥ 32 bytes)
    keys the hash that turns e-mail addresses into account ids; changing it would orphan every account.
    """

    ledger: Ledger
    keyring: Keyring
    gateway: Gateway
    passwords: Passwords
    credentials: Credentials
    tokens: Tokens
    clock: Clock
    ids: Callable[[], UUID]
    secret: Callable[[int], bytes]
    instance_secret: bytes
    timing: Timing = Timing()
    steps: Steps = field(default_factory=NobodyWatches)
    jitter: Callable[[], float] = random.random
    memory: Memory = field(default_factory=Memory)
    lanes: Lanes = field(default_factory=Lanes)
    numbers: Numbers = field(default_factory=Numbers)
    background: Background = field(default_factory=Background)
