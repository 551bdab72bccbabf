"""Who works at a venue, and in which role."""

from typing import Annotated, Final

from litestar import Response, get, patch, post
from msgspec import UNSET, Meta, UnsetType

from api.answers import data_response, told
from api.auth import Secret
from api.bodies import Key, Shape, Words, body_of, id_in_path, wrong_field
from api.callers import StaffRequest
from api.describing import says
from api.front import FrontOf, InPath
from api.keys import key_of
from api.queries import Awaiting, query_of
from api.sentences import EMAIL
from application.reads import staff as all_staff
from application.requests import ChangeRole, HireStaff
from application.views.staff import HiredView, StaffView
from domain.roster.events import Role

Email = Annotated[str, Meta(max_length=254, pattern=EMAIL)]


class Newcomer(Shape, frozen=True):
    """Somebody to work here. Who has an account at another venue keeps its name and password; these are not used."""

    email: Email
    name: Words
    password: Secret
    role: Role
    idempotency_key: Key | None = None


class RoleWanted(Shape, frozen=True):
    """Another role, or none any more: `role` null says so, and so does `active` false."""

    role: Role | UnsetType | None = UNSET
    active: bool | UnsetType = UNSET
    idempotency_key: Key | None = None


@get("/admin/venues/{slug:str}/staff", opt=says(query=Awaiting, answers=StaffView, listed=True))
async def staff(request: StaffRequest, front: FrontOf) -> Response[bytes]:
    """Everybody who works at the venue."""
    query_of(request, Awaiting)
    read = await all_staff(front.house, request.user.venue_id)
    return data_response(read.data, position=read.position, next_cursor=None)


@post(
    "/admin/venues/{slug:str}/staff",
    opt=says(body=Newcomer, answers=HiredView, status=201, refusals=("STAFF_EXISTS", "CARD_NUMBER_REFUSED")),
)
async def hire(request: StaffRequest, front: FrontOf) -> Response[bytes]:
    """Give somebody a role here, and an account if they have none.

    Where the account was there before, `created` is false: it keeps its name, which is not told, and its password.
    """
    wanted = await body_of(request, Newcomer)
    wish = HireStaff(email=wanted.email, name=wanted.name, password=wanted.password, role=wanted.role)
    return await told(front, request, wish, key=key_of(request, wanted))


@patch(
    "/admin/venues/{slug:str}/staff/{account_id:str}",
    opt=says(body=RoleWanted, answers=StaffView, refusals=("STAFF_NOT_FOUND", "LAST_MANAGER")),
)
async def change_role(request: StaffRequest, account_id: InPath, front: FrontOf) -> Response[bytes]:
    """Give somebody another role, or withdraw it (`role` null, or `active` false), from the next request on."""
    wanted = await body_of(request, RoleWanted)
    wish = ChangeRole(
        account_id=id_in_path(account_id, "STAFF_NOT_FOUND", "Nobody of that id works here."), role=_role(wanted)
    )
    return await told(front, request, wish, key=key_of(request, wanted))


def _role(wanted: RoleWanted) -> Role | None:
    """The role that somebody is to have from now on."""
    if wanted.active is False and not isinstance(wanted.role, Role):
        return None
    if isinstance(wanted.role, UnsetType):
        raise wrong_field("role", "is required, unless active is false")
    if wanted.active is not UNSET and wanted.active is not (wanted.role is not None):
        raise wrong_field("active", "must not contradict role")
    return wanted.role


ROUTES: Final = (staff, hire, change_role)
