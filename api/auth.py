"""Staff log in, stay logged in, and log out. A page may have its tokens in cookies that no script can read."""

from typing import Annotated, Final

import msgspec
from litestar import Response, get, post
from litestar.datastructures import Cookie
from msgspec import Meta
from msgspec.structs import replace

from api.answers import answer_of, data_response
from api.bodies import Shape, Words, body_of
from api.callers import (
    ACCESS_COOKIE,
    CSRF_COOKIE,
    REFRESH_COOKIE,
    AnyRequest,
    StaffCaller,
    StaffRequest,
    require_csrf,
)
from api.describing import says
from api.front import Front, FrontOf
from api.problems import Failure
from api.sentences import NOT_BLANK
from application.handlers import answer
from application.reads import user
from application.requests import Answered, ChangePassword, LogIn, LogOut, RefreshLogin, Request
from application.views.staff import DoneView, LoginView, UserView
from domain.account.errors import InvalidCredentials
from domain.shared.ids import HOUSE

API_PATH: Final = "/api"
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1", "[::1]"})
SECRET_MAX: Final = 1_000

Secret = Annotated[str, Meta(min_length=1, max_length=SECRET_MAX, pattern=NOT_BLANK)]


class LogInWanted(Shape, frozen=True):
    """Who one is, and the proof. With `cookies` the tokens come as cookies too, and `X-CSRF-Token` is asked for."""

    email: Words
    password: Secret
    cookies: bool = False


class RefreshWanted(Shape, frozen=True):
    """The refresh token, unless it comes as a cookie."""

    refresh_token: Secret | None = None


class Farewell(Shape, frozen=True):
    """Clients may send their refresh token along; it ends with the log-in anyway."""

    refresh_token: Secret | None = None


class PasswordWanted(Shape, frozen=True):
    """The present password proves that it is oneself who wants another one."""

    current_password: Secret
    new_password: Secret


@post(
    "/auth/login",
    status_code=200,
    opt=says(body=LogInWanted, answers=LoginView, refusals=("INVALID_CREDENTIALS",)),
)
async def log_in(request: AnyRequest, front: FrontOf) -> Response[bytes]:
    """Trade e-mail and password for tokens. After ten wrong ones in a quarter of an hour: 429."""
    wanted = await body_of(request, LogInWanted)
    address = request.client.host if request.client else ""
    _require_patience(await front.knocks.wait_s(wanted.email, address))
    try:
        answered = await _ask(front, request, LogIn(email=wanted.email, password=wanted.password))
    except InvalidCredentials:
        _require_patience(await front.knocks.failed(wanted.email, address))
        raise
    await front.knocks.succeeded(wanted.email, address)
    return _with_cookies(front, request, answered) if wanted.cookies else _answer(request, answered)


@post(
    "/auth/refresh",
    status_code=200,
    opt=says(
        body=RefreshWanted, answers=LoginView, refusals=("UNAUTHORIZED", "INVALID_TOKEN", "TOKEN_EXPIRED", "CSRF")
    ),
)
async def refresh(request: AnyRequest, front: FrontOf) -> Response[bytes]:
    """Trade a refresh token for new tokens. It is good once; used twice it ends the log-in, for somebody has a copy."""
    wanted = await body_of(request, RefreshWanted)
    cookie = request.cookies.get(REFRESH_COOKIE)
    if wanted.refresh_token is not None:
        return _answer(request, await _ask(front, request, RefreshLogin(refresh_token=wanted.refresh_token)))
    if not cookie:
        raise Failure("UNAUTHORIZED", "Send the `refresh_token`.")
    # The access token may have expired, so the word is compared with the cookie that the page itself can read.
    require_csrf(request, request.cookies.get(CSRF_COOKIE) or "-")
    return _with_cookies(front, request, await _ask(front, request, RefreshLogin(refresh_token=cookie)))


@post("/auth/logout", status_code=200, opt=says(body=Farewell, answers=DoneView))
async def log_out(request: StaffRequest, front: FrontOf) -> Response[bytes]:
    """End this log-in: its tokens are good for nothing any more."""
    await body_of(request, Farewell)
    caller = request.user
    answered = await _ask(front, request, LogOut(account_id=caller.account_id, login_id=caller.login_id))
    response = _answer(request, answered)
    for name in (ACCESS_COOKIE, REFRESH_COOKIE, CSRF_COOKIE):
        if name in request.cookies:
            response.set_cookie(_cookie(request, name, "", max_age=0))
    return response


@post(
    "/auth/password",
    status_code=200,
    opt=says(body=PasswordWanted, answers=DoneView, refusals=("INVALID_CREDENTIALS", "RATE_LIMITED")),
)
async def change_password(request: StaffRequest, front: FrontOf) -> Response[bytes]:
    """Have another password. Every log-in ends, this one too."""
    wanted = await body_of(request, PasswordWanted)
    who, address = str(request.user.account_id), request.client.host if request.client else ""
    _require_patience(await front.knocks.wait_s(who, address))
    wish = ChangePassword(
        account_id=request.user.account_id,
        current_password=wanted.current_password,
        new_password=wanted.new_password,
    )
    try:
        return _answer(request, await _ask(front, request, wish))
    except InvalidCredentials:
        _require_patience(await front.knocks.failed(who, address))
        raise


@get("/auth/me", opt=says(answers=UserView))
async def me(request: StaffRequest, front: FrontOf) -> Response[bytes]:
    """Oneself, and one's roles."""
    return data_response((await user(front.house, request.user.account_id)).data)


async def _ask(front: Front, request: AnyRequest, wish: LogIn | RefreshLogin | LogOut | ChangePassword) -> Answered:
    """Who logs in or refreshes is known only once that is judged, and who that is the house finds out by itself."""
    caller = request.scope.get("user")
    actor = caller.actor if isinstance(caller, StaffCaller) else ""
    asked = Request(venue_id=HOUSE, actor=actor, request_id=request.headers["x-request-id"], wish=wish)
    return await answer(front.house, asked)


def _answer(request: AnyRequest, answered: Answered) -> Response[bytes]:
    """The answer without its position: that is the house's own, and would pass for the venue's."""
    return answer_of(replace(answered, position=0), request.headers["x-request-id"])


def _with_cookies(front: Front, request: AnyRequest, answered: Answered) -> Response[bytes]:
    """The answer, with both tokens as cookies and not in the body, and the word that a page sends along with them."""
    login = msgspec.json.decode(answered.body, type=LoginView)
    word = front.tokens.csrf_token(front.tokens.read(login.access_token).login_id)
    body = {
        "token_type": "Cookie",
        "expires_in": login.expires_in,
        "csrf_token": word,
        "user": login.user,
    }
    response = data_response(body)
    kept = {ACCESS_COOKIE: login.access_token, REFRESH_COOKIE: login.refresh_token, CSRF_COOKIE: word}
    for name, value in kept.items():
        response.set_cookie(_cookie(request, name, value))
    return response


def _cookie(request: AnyRequest, name: str, value: str, *, max_age: int | None = None) -> Cookie:
    """One of the three cookies. Only the word for `X-CSRF-Token` may be read by the page; an age of 0 clears it."""
    is_word = name == CSRF_COOKIE
    return Cookie(
        key=name,
        value=value,
        path="/" if is_word else API_PATH,
        httponly=not is_word,
        samesite="strict",
        secure=request.url.hostname not in LOOPBACK,
        max_age=max_age,
    )


def _require_patience(wait_s: float) -> None:
    if wait_s > 0:
        seconds = int(wait_s) + 1
        raise Failure(
            "RATE_LIMITED",
            f"Too many wrong log-ins. Try again in {seconds} s.",
            retry_after_s=seconds,
        )


ROUTES: Final = (log_in, refresh, log_out, change_password, me)
