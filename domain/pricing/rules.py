"""A venue's rules of money, as settings: which taxes on what, and the service charge."""

from uuid import UUID

from msgspec import Struct


class TaxRule(Struct, frozen=True, kw_only=True):
    """One tax. `rate_ppm` in parts per million (75_000 = 7.5 %); `included` says that menu prices contain it already.

    `category_ids` limits it to those menu categories; empty means all. Several rules may meet on one line.
    """

    name: str
    rate_ppm: int
    included: bool = False
    category_ids: tuple[UUID, ...] = ()
    on_service_charge: bool = False


class ServiceCharge(Struct, frozen=True, kw_only=True):
    """A charge on the subtotal, in parts per million, once the subtotal reaches `from_subtotal_minor`."""

    name: str
    rate_ppm: int
    from_subtotal_minor: int = 0


class PricingRules(Struct, frozen=True, kw_only=True):
    """All that turns lines into a total."""

    taxes: tuple[TaxRule, ...] = ()
    service_charge: ServiceCharge | None = None
