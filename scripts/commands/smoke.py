"""Asks a running platform whether it works: one event of an invented person becomes a rating, and is taken out again.

    scripts/smoke --url https://API --portal https://PORTAL --token-file FILE [--stranger-token-file FILE]

The token is of a service account with the scopes `events.write|profiles.read|administration`, for the API's address.
The person is kept as somebody who has left, except while this runs; what an interrupted run left behind, the next one
takes out. Prints a line for each check. Exit codes: 0 all hold, 1 one does not, 2 the platform was not asked (no answer
at all, or a token that it refuses).
"""

from __future__ import annotations

import argparse
import http.client
import json
import sys
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TextIO
from urllib.parse import quote, urlsplit

TIMEOUT_SECONDS: Final = 60
"""A function that starts from nothing answers late."""
SOURCE: Final = "smoke-test"
SCORE: Final = 77
PROTECTED: Final = {
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""What every page of the portal says."""
AS_IF: Final = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJub2JvZHkifQ."
"""A token that nobody signed."""


class Failed(Exception):
    """A check that does not hold; the message says what was found."""


class NotAsked(Exception):
    """Why the platform could not be asked."""


@dataclass(frozen=True)
class Answer:
    """An answer; value: its JSON, None where it is none."""

    status: int
    headers: Mapping[str, str]
    value: Any


class Host:
    """One host of the platform, asked without following where it redirects to."""

    def __init__(self, url: str, token: str = "") -> None:
        self.url = urlsplit(url.rstrip("/"))
        self._token = token

    def ask(self, method: str, path: str, body: Any = None, *, token: str | None = None) -> Answer:
        """Sends one request. Raises NotAsked where nothing answers."""
        secure = self.url.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = kind(self.url.netloc, timeout=TIMEOUT_SECONDS)
        headers = {"Content-Type": "application/json"}
        if sent := self._token if token is None else token:
            headers["Authorization"] = f"Bearer {sent}"
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.headers), _json(answer.read()))
        except (OSError, http.client.HTTPException) as error:
            raise NotAsked(f"{self.url.geturl()} cannot be reached: {error}") from error
        finally:
            connection.close()

    def expect(self, method: str, path: str, body: Any = None, *, status: Sequence[int] = (200,)) -> Any:
        """Returns what the platform answers. Raises Failed for another status."""
        answer = self.ask(method, path, body)
        if answer.status not in status:
            detail = answer.value.get("detail", "") if isinstance(answer.value, dict) else ""
            raise Failed(f"{method} {path.partition('?')[0]} answered {answer.status} {detail}".strip())
        return answer.value


class Person:
    """The invented person, by one competency of the framework in force."""

    def __init__(self, api: Host, person: str, wait_seconds: float) -> None:
        self._api, self._person, self._wait = api, person, wait_seconds
        self._path = f"/api/v1/employees/{quote(person, safe='')}"

    def joins(self) -> str:
        """Makes the record, and takes out what an earlier run left."""
        self._api.expect("PUT", self._path, {"name": "Smoke Test", "active": True}, status=(200, 201))
        left = self._standing()
        for event in left:
            self._void(event["source_id"])
        return f"{len(left)} events of an earlier run taken out" if left else "nothing was left of an earlier run"

    def is_rated(self) -> str:
        """Posts an event and waits until the profile shows it."""
        skill = self._api.expect("GET", "/api/v1/skills")["skills"][0]["competency"]
        event = {
            "employee_id": self._person,
            "event_id": f"smoke-{uuid.uuid4()}",
            "event_type": "role_play",
            "event_source": SOURCE,
            "timestamp": datetime.now(UTC).isoformat(),
            "overall_score": SCORE,
            "passed": True,
            "competency_scores": [{"competency": skill, "score": SCORE}],
        }
        began = time.monotonic()
        self._api.expect("POST", "/api/v1/validation-events", event, status=(201,))
        self._api.expect("POST", "/api/v1/validation-events", event)  # the same again is no news
        self._eventually(lambda: self._shown() == SCORE, f"a rating of {SCORE} in {skill}")
        return f"{skill} rated {SCORE} after {time.monotonic() - began:.1f} s"

    def leaves(self) -> str:
        """Takes every event out, and the person with them."""
        for event in self._standing():
            self._void(event["source_id"])
        self._eventually(lambda: self._shown() is None, "a profile without the event")
        self._api.expect("PUT", self._path, {"name": "Smoke Test", "active": False})
        return "the event is void, the rating gone, the person has left"

    def _shown(self) -> float | None:
        # One event is a baseline; a rule may take it for a rating.
        rows = self._api.expect("GET", f"{self._path}/skills?view=all")["skills"]
        rated = (row for row in rows if row["validation_events"])
        return next((row["preliminary_rating"] or row["current_rating"] for row in rated), None)

    def _standing(self) -> list[dict[str, Any]]:
        path = f"/api/v1/validation-events/{quote(self._person, safe='')}?standing=counted&source={SOURCE}"
        found: list[dict[str, Any]] = self._api.expect("GET", path)["items"]
        return found

    def _void(self, event_id: str) -> None:
        body = {"event_id": event_id, "source": SOURCE, "kind": "validation", "reason": "a smoke test's"}
        self._api.expect("POST", "/api/v1/voids", body)

    def _eventually(self, holds: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + self._wait
        while not holds():
            if time.monotonic() > deadline:
                raise Failed(f"{what} did not come within {self._wait:.0f} s")
            time.sleep(0.5)


def strangers_stay_out(api: Host, stranger: str | None) -> str:
    """Asks with nothing, with what nobody signed, and with a good token of somebody whom the platform does not know."""
    asked = {"nothing": ("", 401), "what nobody signed": (AS_IF, 401), "a stranger's token": (stranger, 403)}
    tried = {name: (token, status) for name, (token, status) in asked.items() if token is not None}
    for name, (token, status) in tried.items():
        for method, path in (("GET", "/api/v1/employees"), ("POST", "/api/v1/validation-events")):
            body: Any = {} if method == "POST" else None
            if (found := api.ask(method, path, body, token=token).status) != status:
                raise Failed(f"{method} {path} with {name} answered {found}, not {status}")
    return ", ".join(tried)


def health(api: Host) -> str:
    """Asks what the platform says of its integrations: right after a deployment it knows nothing yet."""
    state = api.expect("GET", "/api/v1/health")["state"]
    if state == "failing":
        raise Failed("an integration is failing: the page of health says which")
    return f"integrations: {state}"


def portal(host: Host) -> str:
    """Asks for the portal as a browser would that has never been there."""
    inside = host.ask("GET", "/people")
    if inside.status not in (302, 303) or "/sign-in" not in inside.headers.get("Location", ""):
        raise Failed(f"a page without a session answered {inside.status}, not the way to the sign-in")
    page = host.ask("GET", "/sign-in")
    if page.status != 200:
        raise Failed(f"the sign-in page answered {page.status}")
    wanted = dict(PROTECTED)
    if host.url.scheme == "https":
        wanted["Strict-Transport-Security"] = "max-age="
    missing = [name for name, value in wanted.items() if value not in page.headers.get(name, "")]
    if missing:
        raise Failed(f"the sign-in page does not say {', '.join(missing)}")
    return "signs in, with its headers"


def main(argv: Sequence[str], out: TextIO = sys.stdout, errors: TextIO = sys.stderr) -> int:
    """Returns 0 when all checks hold, 1 when one does not, 2 when the platform could not be asked."""
    parser = argparse.ArgumentParser(
        prog="scripts/smoke", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--url", required=True, help="of the API, e.g. https://api.example.com")
    parser.add_argument("--portal", required=True, help="its address")
    parser.add_argument("--token-file", required=True, type=Path, help="with an ID token for the API")
    parser.add_argument("--stranger-token-file", type=Path, help="with one of an account that is not allowed")
    parser.add_argument("--person", default="smoke-test@example.com", help="id of the invented person")
    parser.add_argument("--wait", type=float, default=180, help="seconds for an event to become a rating")
    arguments = parser.parse_args(argv)
    try:
        api = Host(arguments.url, arguments.token_file.read_text("utf-8").strip())
        stranger = arguments.stranger_token_file and arguments.stranger_token_file.read_text("utf-8").strip()
        if (found := api.ask("GET", "/api/v1/skills").status) in (401, 403):
            raise NotAsked(f"{arguments.url} refuses the token of --token-file ({found})")
        person = Person(api, arguments.person, arguments.wait)
        return checked(
            {
                "strangers": lambda: strangers_stay_out(api, stranger),
                "health": lambda: health(api),
                "portal": lambda: portal(Host(arguments.portal)),
                "person": person.joins,
                "rating": person.is_rated,
                "clean": person.leaves,
            },
            out,
        )
    except (NotAsked, OSError) as error:
        print(f"scripts/smoke: {error}", file=errors)
        return 2


def checked(checks: Mapping[str, Callable[[], str]], out: TextIO) -> int:
    """Makes every check, and prints what it found; 1 when one does not hold."""
    failed = 0
    for name, check in checks.items():
        try:
            print(f"ok      {name:10}{check()}", file=out, flush=True)
        except Failed as reason:
            failed += 1
            print(f"FAILED  {name:10}{reason}", file=out, flush=True)
    print(f"{len(checks) - failed} of {len(checks)} checks hold", file=out)
    return int(bool(failed))


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None
