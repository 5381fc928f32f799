"""The Workspace directory against a server that speaks Google's three interfaces: it pages, it is busy, it omits."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import pytest

from infra.gcp.directory import ATTEMPTS, SCOPE, DirectoryHosts, DirectoryRefused, WorkspaceDirectory
from shared.kernel.errors import Retryable
from shared.ports.ambient import DirectoryPerson
from tests.harness.web import Asked, FixedClock, Told, serving

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
READER = "fn-directory-sync@demo.iam.gserviceaccount.com"

FULL = {
    "primaryEmail": "Ada.Lovelace@example.com",
    "name": {"givenName": "Ada", "familyName": "Lovelace", "fullName": "Ada Lovelace"},
    "suspended": False,
    "relations": [
        {"type": "assistant", "value": "help@example.com"},
        {"type": "manager", "value": "Grace@Example.com"},
    ],
    "organizations": [{"title": "Founder"}, {"title": "Sales engineer", "primary": True}],
    "customSchemas": {"Employment": {"hire_date": "2024-03-01"}},
    "addresses": [
        {"type": "home", "countryCode": "FR", "primary": True},
        {"type": "work", "countryCode": "US"},
        {"type": "work", "countryCode": "GB", "primary": True},
        {"type": "work", "formatted": "1 High Street"},
    ],
}


class Google:
    """The three interfaces in one server. failures: answers to give before the next page of users."""

    def __init__(self, *pages: list[dict[str, Any]]):
        self.pages = pages
        self.failures: list[Told] = []
        self.asked: list[Asked] = []

    def answer(self, asked: Asked) -> Told:
        self.asked.append(asked)
        if asked.path.endswith(":signJwt"):
            assert asked.headers["authorization"] == "Bearer own-token"
            return Told({"signedJwt": asked.body["payload"]})
        if asked.path == "/token":
            assert asked.body["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
            return Told({"access_token": f"for {json.loads(asked.body['assertion'])['sub']}"})
        assert asked.headers["authorization"] == "Bearer for admin@example.com"
        if asked.path.startswith("/admin/directory/v1/users/"):
            return self.one(asked.path.rsplit("/", 1)[1])
        assert asked.path == "/admin/directory/v1/users"
        assert asked.query["customer"] == "my_customer"
        assert asked.query["projection"] == "full"
        if self.failures:
            return self.failures.pop(0)
        number = int(asked.query.get("pageToken", 0))
        page: dict[str, Any] = {"kind": "admin#directory#users"}
        if self.pages[number]:
            page["users"] = self.pages[number]
        if number + 1 < len(self.pages):
            page["nextPageToken"] = str(number + 1)
        return Told(page)

    def one(self, key: str) -> Told:
        """A user by address, or by another name of theirs."""
        for user in (user for page in self.pages for user in page):
            if unquote(key) in (user.get("primaryEmail", "").lower(), *user.get("aliases", ())):
                return Told(user)
        return Told({"error": {"code": 404, "errors": [{"reason": "notFound"}]}}, 404)


@contextmanager
def directory_of(google: Google) -> Iterator[tuple[WorkspaceDirectory, list[float]]]:
    """The adapter against the server, and the pauses that it made."""
    pauses: list[float] = []
    with serving(google.answer) as url:
        hosts = DirectoryHosts(admin=url, credentials=url, token=f"{url}/token")
        yield (
            WorkspaceDirectory(
                READER, "admin@example.com", lambda: "own-token", FixedClock(NOW), hosts=hosts, sleep=pauses.append
            ),
            pauses,
        )


def test_everyone_of_every_page() -> None:
    pages: list[list[dict[str, Any]]] = [
        [FULL],
        [{"primaryEmail": "b@example.com"}, {"primaryEmail": "c@example.com"}],
        [],
    ]
    with directory_of(Google(*pages)) as (directory, _):
        found = [directory.page()]
        while found[-1].following is not None:
            found.append(directory.page(found[-1].following))
    assert [len(page.people) for page in found] == [1, 2, 0]
    people = [person for page in found for person in page.people]
    assert [person.email for person in people] == ["ada.lovelace@example.com", "b@example.com", "c@example.com"]
    assert people[0] == DirectoryPerson(
        email="ada.lovelace@example.com",
        name="Ada Lovelace",
        manager="grace@example.com",
        title="Sales engineer",
        hire_date="2024-03-01",
        country="GB",
    )


def test_the_assertion_names_the_administrator_and_the_reading_scope_only() -> None:
    google = Google([FULL])
    with directory_of(google) as (directory, _):
        directory.page()
    assert google.asked[0].path == f"/v1/projects/-/serviceAccounts/{READER}:signJwt"
    claims = json.loads(google.asked[0].body["payload"])
    assert claims == {
        "iss": READER,
        "sub": "admin@example.com",
        "scope": SCOPE,
        "aud": "https://oauth2.googleapis.com/token",
        "iat": int(NOW.timestamp()),
        "exp": int(NOW.timestamp()) + 600,
    }


def test_who_has_an_address_is_told_from_who_has_it_as_another_name_and_from_nobody() -> None:
    with directory_of(Google([FULL, {"primaryEmail": "b@example.com", "aliases": ["formerly@example.com"]}])) as (
        made,
        _,
    ):
        asked = ("ada.lovelace@example.com", "formerly@example.com", "nobody@example.com", "../users@example.com")
        assert [made.has(email) for email in asked] == [True, False, False, False]


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        ({"primaryEmail": "x@e.com"}, DirectoryPerson("x@e.com", "x")),
        ({"primaryEmail": "x@e.com", "name": {"givenName": "X"}}, DirectoryPerson("x@e.com", "X")),
        ({"primaryEmail": "x@e.com", "suspended": True}, DirectoryPerson("x@e.com", "x", suspended=True)),
        ({"primaryEmail": "x@e.com", "archived": True}, DirectoryPerson("x@e.com", "x", suspended=True)),
        (
            {"primaryEmail": "x@e.com", "relations": [{"type": "manager", "value": "the boss"}], "organizations": [{}]},
            DirectoryPerson("x@e.com", "x"),
        ),
        (
            {"primaryEmail": "x@e.com", "customSchemas": {"Employment": {"hire_date": "last spring"}, "Other": {}}},
            DirectoryPerson("x@e.com", "x"),
        ),
        (
            {"primaryEmail": "x@e.com", "relations": None, "organizations": None, "customSchemas": None, "name": None},
            DirectoryPerson("x@e.com", "x"),
        ),
    ],
)
def test_what_is_missing_or_strange_is_left_out(user: dict[str, Any], expected: DirectoryPerson) -> None:
    with directory_of(Google([user, {"id": "no address"}])) as (directory, _):
        assert list(directory.page().people) == [expected]


def test_a_busy_google_is_asked_again_after_the_pause_that_it_names() -> None:
    google = Google([FULL])
    google.failures = [
        Told({"error": {"code": 429}}, 429, {"Retry-After": "7"}),
        Told({"error": {"errors": [{"reason": "userRateLimitExceeded"}]}}, 403),
        Told(b"oops", 503),
    ]
    with directory_of(google) as (directory, pauses):
        assert len(directory.page().people) == 1
    assert pauses == [7.0, 2.0, 4.0]


def test_a_google_that_stays_busy_is_retryable() -> None:
    google = Google([FULL])
    google.failures = [Told({"error": {}}, 429, {"Retry-After": "9000"})] * ATTEMPTS
    with directory_of(google) as (directory, pauses), pytest.raises(Retryable, match="429"):
        directory.page()
    assert pauses == [60.0] * (ATTEMPTS - 1)


def test_a_refusal_is_no_outage() -> None:
    google = Google([FULL])
    google.failures = [Told({"error": {"errors": [{"reason": "forbidden"}], "message": "ada@example.com"}}, 403)]
    with directory_of(google) as (directory, pauses), pytest.raises(DirectoryRefused, match="403 forbidden") as refusal:
        directory.page()
    assert "ada" not in str(refusal.value)
    assert pauses == []


def test_an_unreachable_google_is_retryable() -> None:
    with directory_of(Google([FULL])) as (directory, _):
        pass
    with pytest.raises(Retryable, match="ConnectError"):
        directory.page()
