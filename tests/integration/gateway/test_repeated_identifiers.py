"""The same TransactionIdentifier twice. What the real gateway does is not public, so the simulator does each."""

from application.gateway import Approved, Declined, Doubt, Unknown
from infrastructure.gateway.powertranz import PowerTranz
from infrastructure.simulator.teller import Repeat
from tests.integration.gateway.conftest import Simulator, a_charge, a_refund


async def test_a_gateway_that_refuses_repeats_leaves_the_second_unknown(
    gateway: PowerTranz, simulator: Simulator
) -> None:
    charge = a_charge()
    await gateway.charge(charge)

    assert await gateway.charge(charge) == Unknown(reason=Doubt.DOUBTFUL_CODE, detail="94")
    assert len(await simulator.charges(charge.order_id)) == 1


async def test_a_gateway_that_replays_gives_the_first_answer_again(gateway: PowerTranz, simulator: Simulator) -> None:
    await simulator.repeats(Repeat.REPLAY)
    charge, declined = a_charge(), a_charge("tok_declined")

    assert await gateway.charge(charge) == await gateway.charge(charge)
    assert len(await simulator.charges(charge.order_id)) == 1
    assert isinstance(await gateway.charge(declined), Declined)
    assert isinstance(await gateway.charge(declined), Declined)


async def test_a_gateway_that_charges_again_shows_both_charges_and_voids_both(
    gateway: PowerTranz, simulator: Simulator
) -> None:
    await simulator.repeats(Repeat.CHARGE_AGAIN)
    charge = a_charge()

    first, second = await gateway.charge(charge), await gateway.charge(charge)

    assert isinstance(first, Approved)
    assert isinstance(second, Approved)
    assert first.rrn != second.rrn
    assert [row["live"] for row in await simulator.charges(charge.order_id)] == [True, True]
    await gateway.void(charge.transaction_id)
    assert [row["live"] for row in await simulator.charges(charge.order_id)] == [False, False]


async def test_a_repeated_refund_meets_the_same_mode_as_a_charge(gateway: PowerTranz, simulator: Simulator) -> None:
    charge = a_charge(amount_minor=1000)
    await gateway.charge(charge)
    refund = a_refund(charge, 300)
    first = await gateway.refund(refund)

    assert isinstance(await gateway.refund(refund), Unknown)
    await simulator.repeats(Repeat.REPLAY)
    assert await gateway.refund(refund) == first
    assert [row["amount"] for row in await simulator.refunds(charge.order_id)] == [300]
    await simulator.repeats(Repeat.CHARGE_AGAIN)
    await gateway.refund(refund)
    assert [row["amount"] for row in await simulator.refunds(charge.order_id)] == [300, 300]


async def test_a_void_bars_its_identifier_in_every_mode(gateway: PowerTranz, simulator: Simulator) -> None:
    for repeat in Repeat:
        await simulator.repeats(repeat)
        charge = a_charge()
        await gateway.void(charge.transaction_id)

        assert isinstance(await gateway.charge(charge), Declined)
        assert await simulator.charges(charge.order_id) == []
