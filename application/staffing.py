"""Hiring: an account lives in the house's ledger, a role in the venue's. Two transactions, made to hold both.

Each step finds out whether it was done already, so whoever hires somebody again after a crash goes on where it ended.
The role comes last: until then the account can do nothing here.
"""

from collections.abc import Mapping
from http import HTTPStatus
from uuid import UUID

from application.accounts import account_id_of, require_strong
from application.conflicts import until_it_holds
from application.house import House
from application.reading import Reading
from application.requests import Answered, ChangeRole, HireStaff, Request
from application.seating import require_settings
from application.streams import open_account, open_roster, open_venue
from application.texts import refuse_card_number, unseal
from application.views.staff import DoneView, HiredView, StaffView
from application.writer import Occasion, Writer, occasion_of
from domain.account import commands as accounts
from domain.roster import commands as rosters
from domain.roster.errors import StaffExists, StaffNotFound
from domain.roster.events import Role
from domain.shared.ids import HOUSE


async def hire(house: House, request: Request, wish: HireStaff) -> Answered:
    """Give somebody a role here. Refused: StaffExists where they have one, whichever that is.

    An account that is there already keeps its name and its password, and the answer says so (HiredView).
    """
    refuse_card_number("name", wish.name)
    if not wish.seed:
        require_strong(wish.password, "password")
    account_id, occasion = account_id_of(house, wish.email), occasion_of(request)
    slug = await _slug(house, request.venue_id)
    created = await _create_account(house, request, wish, account_id, slug)

    async def attempt(writer: Writer) -> Answered:
        roster = open_roster(writer)
        await writer.load()
        if account_id in roster.state.roles and not wish.seed:
            raise StaffExists("email belongs to somebody who works here already; change their role instead.")
        roster.decide(rosters.GrantRole(account_id=account_id, role=wish.role))
        name = wish.name if created else None
        view = HiredView(id=account_id, email=wish.email.strip(), name=name, role=wish.role, created=created)
        return await writer.commit(view, status=HTTPStatus.CREATED, subject=await _subject(writer, account_id))

    return await until_it_holds(house, occasion, attempt)


async def change_role(writer: Writer, wish: ChangeRole) -> Answered:
    """Give a member of staff another role, or none."""
    roster = open_roster(writer)
    await writer.load()
    if wish.role is None:
        roster.decide(rosters.WithdrawRole(account_id=wish.account_id))
    else:
        if wish.account_id not in roster.state.roles:
            raise StaffNotFound("Nobody of that id works here.")
        roster.decide(rosters.GrantRole(account_id=wish.account_id, role=wish.role))
    view = await show_member(writer.house, wish.account_id, wish.role)
    return await writer.commit(view, subject=await _subject(writer, wish.account_id))


async def _subject(writer: Writer, account_id: UUID) -> UUID:
    """Whom an answer about a member of staff tells about: it is kept under a key of theirs at this venue."""
    if writer.occasion.receipt is not None:
        await writer.house.keyring.create(writer.venue_id, account_id)
    return account_id


async def show_member(house: House, account_id: UUID, role: Role | None) -> StaffView:
    """A member of staff by name."""
    [member] = await show_members(house, {account_id: role})
    return member


async def show_members(house: House, roles: Mapping[UUID, Role | None]) -> list[StaffView]:
    """Members of staff by name, all accounts read in one round trip."""
    reading = Reading(house, HOUSE)
    opened = {account_id: open_account(reading, account_id) for account_id in roles}
    await reading.load()
    boxes = [box for account in opened.values() for box in (account.state.email, account.state.name)]
    texts = await unseal(house.keyring, HOUSE, boxes)
    return [
        StaffView(
            id=account_id,
            email=texts.of(account.state.email),
            name=texts.of(account.state.name),
            role=roles[account_id],
        )
        for account_id, account in opened.items()
    ]


async def _create_account(house: House, request: Request, wish: HireStaff, account_id: UUID, slug: str) -> bool:
    """See to it that there is an account, with a password, that knows of this venue. Whether it was made for this."""
    created = False
    await house.keyring.create(HOUSE, account_id)
    email = await house.keyring.seal(HOUSE, account_id, wish.email.strip())
    name = await house.keyring.seal(HOUSE, account_id, wish.name)
    if await house.credentials.password_hash(account_id) is None:
        password_hash = await house.passwords.hash(wish.password)
        await house.credentials.set_password(account_id, password_hash, only_if_none=True)

    async def attempt(writer: Writer) -> Answered:
        nonlocal created
        account = open_account(writer, account_id)
        await writer.load()
        created = account.state.account_id is None
        if created:
            account.decide(accounts.CreateAccount(account_id=account_id, email=email, name=name))
        account.decide(accounts.JoinVenue(account_id=account_id, venue_id=request.venue_id, slug=slug))
        return await writer.commit_unkept(DoneView(), status=HTTPStatus.OK)

    occasion = Occasion(
        venue_id=HOUSE, actor=request.actor, request_id=request.request_id, caused_by="command:HireStaff"
    )
    await until_it_holds(house, occasion, attempt)
    return created


async def _slug(house: House, venue_id: UUID) -> str:
    reading = Reading(house, venue_id)
    venue = open_venue(reading)
    await reading.load()
    require_settings(venue.state)
    return venue.state.slug
