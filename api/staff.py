"""Who works at a venue, and in which role."""

from typing import Annotated, Final

from litestar import Response, get, patch, post
from msgspec import Meta

from api.answers import data_response, told
from api.auth import Secret
from api.bodies import Key, Shape, Words, body_of, id_in_path
from api.callers import StaffRequest
from api.describing import says
from api.front import FrontOf, InPath
from api.keys import key_of
from application.reads import staff as all_staff
from application.requests import ChangeRole, HireStaff
from application.views.staff import StaffView
from domain.roster.events import Role

EMAIL: Final = r"^[^@\s\x00]{1,64}@[^@\s\x00]{1,255}\Z"

Email = Annotated[str, Meta(max_length=254, pattern=EMAIL)]


class Newcomer(Shape, frozen=True):
    """Somebody to work here. An account that there is already keeps its name and password."""

    email: Email
    name: Words
    password: Secret
    role: Role
    idempotency_key: Key | None = None


class RoleWanted(Shape, frozen=True):
    """Another role; null: none any more."""

    role: Role | None
    idempotency_key: Key | None = None


@get("/admin/venues/{slug:str}/staff", opt=says(answers=StaffView, listed=True))
async def staff(request: StaffRequest, front: FrontOf) -> Response[bytes]:
    """Everybody who works at the venue."""
    read = await all_staff(front.house, request.user.venue_id)
    return data_response(read.data, position=read.position, next_cursor=None)


@post(
    "/admin/venues/{slug:str}/staff",
    opt=says(body=Newcomer, answers=StaffView, status=201, refusals=("LAST_MANAGER", "CARD_NUMBER_REFUSED")),
)
async def hire(request: StaffRequest, front: FrontOf) -> Response[bytes]:
    """Give somebody a role here, and an account if they have none."""
    wanted = await body_of(request, Newcomer)
    wish = HireStaff(email=wanted.email, name=wanted.name, password=wanted.password, role=wanted.role)
    return await told(front, request, wish, key=key_of(request, wanted))


@patch(
    "/admin/venues/{slug:str}/staff/{account_id:str}",
    opt=says(body=RoleWanted, answers=StaffView, refusals=("STAFF_NOT_FOUND", "LAST_MANAGER")),
)
async def change_role(request: StaffRequest, account_id: InPath, front: FrontOf) -> Response[bytes]:
    """Give somebody another role, or none. It holds from the next request on."""
    wanted = await body_of(request, RoleWanted)
    wish = ChangeRole(
        account_id=id_in_path(account_id, "STAFF_NOT_FOUND", "Nobody of that id works here."), role=wanted.role
    )
    return await told(front, request, wish, key=key_of(request, wanted))


ROUTES: Final = (staff, hire, change_role)
