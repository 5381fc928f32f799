"""Asks every operation of the API and every page of the portal, in every role, what it does not expect: no 5xx, and
nothing that is above a caller's sight.

./scripts/prove requests [--seconds 60] [--seed N]
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from urllib.parse import unquote

from werkzeug import Request
from werkzeug.test import Client

from functions.portal.shell.application import Portal
from functions.portal.shell.routes import ROUTES as PAGES
from functions.skills_api.openapi import document
from infra.local.runtime import FUNCTIONS_FOLDER, load_applications
from infra.wiring.sign_in import SignIn
from tests.harness.api_client import (
    ADA,
    ADMINISTRATION,
    CRO,
    DANA,
    ENID,
    INTEGRATION,
    JOE,
    MO,
    PRIYA,
    SARAH,
    VIC,
    ApiClient,
    api_pipeline,
    call_analysed,
    call_seen,
    role_play,
)
from tests.harness.browser import ANYBODY, Person
from tests.proofs.mutations import Made, Mutations, PageMutations

EMPLOYER: Final = "em@partner.example"
PEOPLE: Final = (JOE, DANA, MO, EMPLOYER, VIC, ENID, CRO, ADA)
WHO: Final = (*PEOPLE, ADMINISTRATION, INTEGRATION, "stranger@elsewhere.example")
BELOW: Final = frozenset({JOE, DANA, MO, EMPLOYER, "stranger@elsewhere.example"})
"""Who may not look at Priya, whatever they ask: she reports to somebody else."""
SECRET: Final = "only-priya-and-hers-may-read-this"
TIMES: Final = ("as_of", "since", "until", "timestamp", "known_at")
ODD_CLAIMS: Final[Sequence[Mapping[str, Any]]] = (
    *({"exp": 10**400}, {"exp": 1e308}, {"exp": -1}, {"exp": []}, {"exp": "soon"}, {"exp": None}, {"iat": -(10**20)}),
    *({"iat": True}, {"iat": {}}, {"nbf": 10**30}, {"aud": []}, {"aud": [None, 1]}, {"aud": {}}, {"aud": 7}),
    *({"sub": []}, {"sub": 10**30}, {"sub": None}, {"email": []}, {"email": 7}, {"email": "x" * 3_000}, {"iss": []}),
    *({"email": "a\x00b@c"}, {"email_verified": "true"}, {"email_verified": [1]}, {"iss": None}, {"azp": [[]]}),
)


@dataclass
class Found:
    """What came of it. wrong: each kind of trouble once, with a request that makes it"""

    statuses: Counter[int] = field(default_factory=Counter)
    wrong: dict[str, str] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)

    def note(self, made: Made, who: str, status: int, text: str, seconds: float) -> None:
        self.statuses[status] += 1
        self.seconds.append(seconds)
        asked = f"{who}: {made.method} {made.path[:200]} {dict(made.query)} {(made.body or b'')[:300]!r}"
        if status >= 500:
            self.wrong.setdefault(f"{status} of {made.operation}", asked)
        if SECRET in text:
            self.wrong.setdefault(f"sight of {made.operation} by {who}", asked)


def asked(api: ApiClient, seed: int, more: Callable[[int], bool]) -> Found:
    """Asks until there is no more; the same seed asks the same."""
    dice = random.Random(seed)
    known = _known(api)
    mutations = Mutations(document(), known, dice)
    pages = PageMutations([(route.path, route.act is not None) for route in PAGES], known, dice)
    signed_in = browsers(api)
    found = Found()
    number = 0
    while more(number):
        if number % 3 == 2:
            person = dice.choice([*signed_in])
            _open(api, pages.make(number // 3), person, signed_in[person], found)
        else:
            who = dice.choice(WHO) if dice.random() < 0.6 else dice.choice((ADA, ADMINISTRATION))
            claims = dict(dice.choice(ODD_CLAIMS)) if dice.random() < 0.05 else {}
            _ask(api, mutations.make(number - number // 3), who, claims, found)
        number += 1
    return found


def browsers(api: ApiClient, people: Sequence[str] = PEOPLE) -> dict[str, Person]:
    """Person → a browser in which they are signed in."""
    portal = Portal(api.platform.on, SignIn(session_key="a-key-for-tests", demonstration=ANYBODY))
    found = {}
    for who in people:
        found[who] = Person(Client(lambda environ, start: portal.respond(Request(environ))(environ, start)))
        found[who].sign_in(who)
    return found


def _open(api: ApiClient, made: Made, who: str, browser: Person, found: Found) -> None:
    """Opens a page, or sends it a form; who has lost their session meanwhile signs in again."""
    began = time.perf_counter()
    if made.method == "POST":
        response = browser.post(made.path, json.loads(made.body or b"{}"))
    else:
        response = browser.get(made.path, query_string=made.query)
    below = who in BELOW and not _may_see(api, who)
    found.note(
        made, who, response.status_code, response.get_data(as_text=True) if below else "", time.perf_counter() - began
    )
    if response.headers.get("Location", "").startswith("/sign-in"):
        browser.sign_in(who)


def _ask(api: ApiClient, made: Made, who: str, claims: Mapping[str, Any], found: Found) -> None:
    try:
        token = (
            api.parts.issuer.token(who, "https://api.augment-skills.local", **claims)[0] if claims else api.token(who)
        )
    except (TypeError, ValueError, OverflowError):  # not even a signer takes these
        return
    headers = {**made.headers, "Authorization": f"Bearer {token}"}
    began = time.perf_counter()
    with api.plain(made.method, made.path, headers, made.query, made.body) as response:
        text = response.get_data(as_text=True)
    if str(response.status_code) not in _documented(made):
        found.wrong.setdefault(f"{response.status_code} of {made.operation} is not documented", f"{who}: {made.path}")
    below = who in BELOW and SECRET.encode() not in (made.body or b"") and not _may_see(api, who)
    found.note(made, who, response.status_code, text if below else "", time.perf_counter() - began)


def _documented(made: Made) -> Set[str]:
    """The statuses that OpenAPI names for an operation; 404 for what a slash has led elsewhere."""
    template, statuses = _operations()[made.operation]
    return statuses if unquote(made.path).count("/") == template.count("/") else statuses | {"404"}


@cache
def _operations() -> Mapping[str, tuple[str, Set[str]]]:
    paths = document()["paths"]
    verbs = ((path, one) for path, described in paths.items() for one in described.values())
    return {one["operationId"]: (path, frozenset(one["responses"])) for path, one in verbs}


def _may_see(api: ApiClient, who: str) -> bool:
    """Tells whether what was asked meanwhile has put the caller above Priya, or in another role."""
    priya, caller = (api.platform.people.records.get(one) for one in (PRIYA, who))
    if priya is None:
        return True
    roles = {JOE: "employee", DANA: "manager", MO: "mentor", EMPLOYER: "employer"}
    moved = caller is not None and caller.role != roles.get(who)
    return moved or who in (priya.manager_id, priya.mentor_id)


def lived_in(api: ApiClient) -> None:
    """Records what can be asked about; Priya's with words that others may not read."""
    for person in (JOE, SARAH, PRIYA):
        secret = SECRET if person == PRIYA else "Asked about the process"
        scores = [{"competency": "discovery", "score": 77, "evidence": secret}]
        for number in range(3):
            named: dict[str, Any] = {"source_id": f"{SECRET}-{number}"} if person == PRIYA else {}
            api.record(call_seen(number, employee=person, competency_scores=scores, **named))
            api.record(role_play(number, employee=person))
        api.record(call_analysed(9, employee=person, confidence=0.4))
    api.deliver()


def _known(api: ApiClient) -> dict[str, Sequence[Any]]:
    people = [JOE, SARAH, PRIYA, PRIYA, DANA, "nobody@elsewhere.example"]
    held: dict[str, Sequence[Any]] = {
        **dict.fromkeys(("employee_id", "employee", "manager", "to", "subject", "actor", "owner"), people),
        "event_id": ["evt-joe@augmentcode.com-1", f"evt-{PRIYA}-1", f"obs-{PRIYA}-1"],
        "source": ["gong", "voice-roleplay"],
        "competency": ["discovery", "objection_handling", "unheard_of"],
        "framework_id": ["sales-engineering", "cable-jointing"],
        "context": [{"industry": "healthcare"}, "industry:healthcare", "industry=a/b"],
        "dimension": ["industry", "deal_size", "a/b"],
        "skill_id": ["discovery", "discovery-industry-healthcare"],
        **dict.fromkeys(TIMES, ("2026-02-10T10:00:00Z", "2026-02-11")),
    }
    reviews = api.get("reviews", who=ADA).json
    held["review_id"] = [one["review_id"] for one in reviews.get("items", reviews.get("reviews", []))] or ["none"]
    return held


def table(found: Found, seconds: float, seed: int) -> str:
    number = sum(found.statuses.values())
    asked_of = len(Mutations(document(), {}, random.Random())) + len(PAGES)
    slowest = sorted(found.seconds)[-max(1, number // 100)]
    answers = ", ".join(f"{status}: {count:,}" for status, count in sorted(found.statuses.items()))
    lines = [
        "| requests | seconds | seed | operations and pages | callers | answers | p99 | 5xx or out of sight |",
        "|---:|---:|---:|---:|---:|---|---:|---:|",
        f"| {number:,} | {seconds:.0f} | {seed} | {asked_of} | {len(WHO)} "
        f"| {answers} | {slowest * 1000:.0f} ms | {len(found.wrong)} |",
    ]
    return "\n".join([*lines, *(f"- {kind}: {request}" for kind, request in found.wrong.items())])


def main() -> int:
    parser = argparse.ArgumentParser(prog="./scripts/prove requests")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    given = parser.parse_args()
    pipeline = api_pipeline()
    with TemporaryDirectory() as folder:
        api = ApiClient(Path(folder) / "data", load_applications(pipeline, FUNCTIONS_FOLDER), pipeline, new=True)
        api.import_people()
        lived_in(api)
        until = time.monotonic() + given.seconds
        found = asked(api, given.seed, lambda number: time.monotonic() < until)
        api.close()
    print(table(found, given.seconds, given.seed))
    return 1 if found.wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
