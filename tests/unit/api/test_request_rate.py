"""How many requests an address may make."""

from infrastructure.limits import RequestRate


class Hands:
    """A clock whose hands the test moves."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_an_address_may_make_so_many_at_once_and_then_as_many_a_second() -> None:
    clock = Hands()
    rate = RequestRate(10, now_s=clock)
    assert [rate("a") for _ in range(10)] == [0.0] * 10
    assert 0 < rate("a") <= 0.1
    clock.now_s += 0.1
    assert rate("a") == 0.0
    assert rate("a") > 0


def test_one_address_does_not_spend_what_is_another_s() -> None:
    rate = RequestRate(1, now_s=Hands())
    assert rate("a") == 0.0
    assert rate("a") > 0
    assert rate("b") == 0.0


def test_only_so_many_addresses_are_remembered() -> None:
    rate = RequestRate(1, now_s=Hands())
    for number in range(10_001):
        rate(str(number))
    assert rate("0") == 0.0
    assert rate("10000") > 0
