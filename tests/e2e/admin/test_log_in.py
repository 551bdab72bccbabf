"""Staff log in, stay logged in, and are kept out."""

from collections.abc import Callable

import httpx
import pytest

from application.house import House
from domain.roster.events import Role
from tests.fixtures.answers import refused
from tests.fixtures.people import API, PASSWORD, Headers, Json, Venue
from tests.fixtures.served import Served


async def log_in(client: httpx.AsyncClient, venue: Venue, password: str = PASSWORD, **more: object) -> httpx.Response:
    body = {"email": venue.email(Role.MANAGER), "password": password, **more}
    return await client.post(f"{API}/auth/login", json=body)


@pytest.mark.contract("auth/login", "auth/me")
async def test_who_logs_in_gets_tokens_and_learns_who_they_are(client: httpx.AsyncClient, venue: Venue) -> None:
    answer = await log_in(client, venue)
    assert answer.status_code == 200
    login = answer.json()["data"]
    assert (login["token_type"], login["expires_in"]) == ("Bearer", 900)
    me = await client.get(f"{API}/auth/me", headers={"Authorization": f"Bearer {login['access_token']}"})
    assert me.json()["data"] == login["user"]
    assert me.json()["data"]["roles"] == [{"venue": venue.slug, "role": "manager"}]
    assert "set-cookie" not in answer.headers


@pytest.mark.contract("auth/refusals")
async def test_a_wrong_password_and_an_unknown_address_are_refused_alike(
    client: httpx.AsyncClient, venue: Venue
) -> None:
    wrong = await log_in(client, venue, "not it")
    unknown = await client.post(f"{API}/auth/login", json={"email": "x@y.example", "password": "not it"})
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert wrong.json()["error"] == unknown.json()["error"] == "INVALID_CREDENTIALS"
    assert wrong.json()["message"] == unknown.json()["message"]
    assert wrong.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.contract("limits/rate", "auth/rate")
async def test_the_eleventh_wrong_log_in_is_too_many_and_a_right_one_does_not_help(
    client: httpx.AsyncClient, venue: Venue
) -> None:
    answers = [await log_in(client, venue, "not it") for _ in range(11)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert int(answers[-1].headers["retry-after"]) > 1
    assert (await log_in(client, venue)).json()["error"] == "RATE_LIMITED"


@pytest.mark.contract("limits/rate")
async def test_a_success_clears_the_pair(client: httpx.AsyncClient, venue: Venue) -> None:
    for _ in range(2):
        for _ in range(9):
            assert (await log_in(client, venue, "not it")).status_code == 401
        assert (await log_in(client, venue)).status_code == 200


@pytest.mark.contract("auth/refresh")
async def test_a_refresh_token_is_good_once_and_twice_ends_the_log_in(client: httpx.AsyncClient, venue: Venue) -> None:
    login = (await log_in(client, venue)).json()["data"]
    first = await client.post(f"{API}/auth/refresh", json={"refresh_token": login["refresh_token"]})
    assert first.status_code == 200
    again = await client.post(f"{API}/auth/refresh", json={"refresh_token": login["refresh_token"]})
    assert (again.status_code, again.json()["error"]) == (401, "INVALID_TOKEN")
    headers = {"Authorization": f"Bearer {first.json()['data']['access_token']}"}
    assert (await client.get(f"{API}/auth/me", headers=headers)).status_code == 401


@pytest.mark.contract("auth/logout")
async def test_who_logs_out_is_out(client: httpx.AsyncClient, venue: Venue) -> None:
    login = (await log_in(client, venue)).json()["data"]
    headers = {"Authorization": f"Bearer {login['access_token']}"}
    assert (await client.post(f"{API}/auth/logout", headers=headers)).status_code == 200
    assert (await client.get(f"{API}/auth/me", headers=headers)).json()["error"] == "INVALID_TOKEN"
    refreshed = await client.post(f"{API}/auth/refresh", json={"refresh_token": login["refresh_token"]})
    assert refreshed.status_code == 401


@pytest.mark.contract("auth/password")
async def test_a_new_password_ends_every_log_in(client: httpx.AsyncClient, venue: Venue) -> None:
    headers = await venue.headers(Role.MANAGER)
    wanted = {"current_password": PASSWORD, "new_password": "Even-Better-Horse-10"}
    assert (await client.post(f"{API}/auth/password", json=wanted, headers=headers)).status_code == 200
    assert (await client.get(f"{API}/auth/me", headers=headers)).status_code == 401
    assert (await log_in(client, venue)).status_code == 401
    assert (await log_in(client, venue, "Even-Better-Horse-10")).status_code == 200


@pytest.mark.contract("auth/refusals", "shapes/www-authenticate")
@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "UNAUTHORIZED"),
        ({"Authorization": ""}, "UNAUTHORIZED"),
        ({"Authorization": "Bearer "}, "UNAUTHORIZED"),
        ({"Authorization": "Bearer nonsense"}, "INVALID_TOKEN"),
        ({"Authorization": "Basic YTpi"}, "INVALID_TOKEN"),
    ],
)
async def test_without_a_good_token_nobody_gets_in(
    client: httpx.AsyncClient, venue: Venue, headers: Headers, code: str
) -> None:
    answer = await client.get(f"{venue.admin}/orders", headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (401, code)
    assert "www-authenticate" in answer.headers


@pytest.mark.contract("auth/cookies")
async def test_a_page_has_its_tokens_in_cookies_and_sends_a_word_along(client: httpx.AsyncClient, venue: Venue) -> None:
    login = await log_in(client, venue, cookies=True)
    cookies = login.headers.get_list("set-cookie")
    for name in ("comanda_access", "comanda_refresh"):
        [cookie] = [each for each in cookies if each.startswith(name)]
        assert "HttpOnly" in cookie
        assert "samesite=strict" in cookie.lower()
    assert "access_token" not in login.json()["data"]
    word = {"X-CSRF-Token": login.json()["data"]["csrf_token"]}
    settings = f"{venue.admin}/settings"
    assert (await client.get(settings)).status_code == 200
    assert (await client.patch(settings, json={"name": "New"})).json()["error"] == "CSRF"
    assert (await client.patch(settings, json={"name": "New"}, headers={"X-CSRF-Token": "x"})).status_code == 403
    assert (await client.patch(settings, json={"name": "New"}, headers=word)).status_code == 200
    assert (await client.post(f"{API}/auth/refresh")).json()["error"] == "CSRF"
    assert (await client.post(f"{API}/auth/refresh", headers=word)).status_code == 200
    assert (await client.post(f"{API}/auth/logout", headers=word)).status_code == 200
    assert (await client.get(settings)).status_code == 401


@pytest.mark.contract("auth/refusals", "shapes/www-authenticate")
async def test_an_access_token_is_over_after_its_time(
    client: httpx.AsyncClient, venue: Venue, expired_staff: Json
) -> None:
    refused(await client.get(f"{API}/auth/me", headers=expired_staff), 401, "TOKEN_EXPIRED")
    refused(await client.get(f"{venue.admin}/orders", headers=expired_staff), 401, "TOKEN_EXPIRED")


@pytest.mark.contract("limits/rate", "auth/rate", "shapes/retry-after")
async def test_a_hundred_wrong_log_ins_from_one_address_are_enough_whoever_they_are_for(
    client: httpx.AsyncClient, venue: Venue, api: Served, with_house: Callable[..., House]
) -> None:
    # A hundred real hashes take ten seconds, and are not what this is about.
    with_house(passwords=api.back_door.passwords)
    for number in range(100):
        body = {"email": f"nobody-{number}@{venue.slug}.example", "password": "not it"}
        refused(await client.post(f"{API}/auth/login", json=body), 401, "INVALID_CREDENTIALS")
    body = {"email": venue.email(Role.FLOOR), "password": PASSWORD}
    refused(await client.post(f"{API}/auth/login", json=body), 429, "RATE_LIMITED")
