"""While a call is closed to somebody, no answer and no page tells them what the analyst made of it.

Two organisations differ in the scores of one closed call of Joe's and in nothing else. Whoever is not Joe reads the
same in both, byte for byte, wherever anything can be read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import pytest
from werkzeug import Request
from werkzeug.test import Client

from functions.portal.shell.application import Portal
from functions.skills_api.routes import ROUTES
from infra.wiring.sign_in import SignIn
from shared.kernel.ids import review_id_of
from shared.platform.records.changes import HORIZON
from tests.api.conftest import _api, loaded
from tests.enablement.deals import ACME, CRM, acme
from tests.harness.api_client import (
    ADA,
    ADMINISTRATION,
    DANA,
    INTEGRATION,
    JOE,
    NOW,
    ApiClient,
    call_analysed,
    call_seen,
    lesson,
    role_play,
)
from tests.harness.browser import ANYBODY, Person
from tests.harness.call_records import call_record, took_part
from tests.policy.both_edges import PEOPLE
from tests.policy.enrolment import joe as as_learner
from tests.policy.test_same_rule_on_both_edges import pages, route_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from tests.api.conftest import Loaded

__all__ = ["loaded"]

SECRETS = ({"discovery": 12.5, "zeal": 11.5}, {"closing": 97.5, "zeal": 89.5})
WHO: Mapping[str, str] = {
    **{role: PEOPLE[role] for role in ("employee", "manager", "enablement", "cro", "administrator")},
    "service": ADMINISTRATION,
}
OTHERS = tuple(role for role in WHO if role != "employee")
TEAM = tuple(f"seller{number}@augmentcode.com" for number in range(2))

READ = (
    f"employees/{JOE}/skills",
    f"employees/{JOE}/skills?view=all",
    f"employees/{JOE}/skills?context=industry%3Dretail",
    f"employees/{JOE}",
    "employees",
    f"field-observations/{JOE}",
    *(f"field-observations/{JOE}?competency={word}" for word in ("discovery", "closing", "listening")),
    *(f"field-observations/{JOE}?standing={how}" for how in ("counted", "held", "superseded")),
    f"validation-events/{JOE}",
    f"learning-activities/{JOE}",
    "events/obs-closed?source=gong",
    "export/skill-profiles",
    "export/skill-profiles?view=all",
    "changes?after={cursor}",
    "readiness",
    "calls",
    f"calls?employee={JOE}",
    "calls/gong-closed",
    "held-scores",
    f"employees/{JOE}/notifications",
    "transcript-samples",
    "webhook-subscriptions",
    "webhook-subscriptions/{subscription}/deliveries",
    "health",
    "quarantine",
    "certificates",
    f"employees/{JOE}/assignments",
    f"deals/{ACME['deal_id']}/skill-snapshot",
    "job-titles",
    "calibration",
    "team",
    "team/deals-at-risk",
    "pipeline",
    "learning/at-risk",
    "learning/milestones",
    "learning/mastery",
    f"learning/mastery/{JOE}",
    f"learning/mastery/{JOE}/evidence/discovery",
)
QUEUE = {f"reviews/{review_id_of('gong', 'closed', JOE)}", "reviews"}
"""Here alone reviewers see scores first."""
LOOKED_AT = (
    "/",
    "/people",
    f"/people/{JOE}",
    f"/people/{JOE}/field",
    f"/people/{JOE}/skills/discovery",
    "/events?event_id=obs-closed&source=gong",
    "/activity?kind=field",
    "/reports",
    "/reports/readiness",
    "/reports/field",
    "/calls",
    "/calls/gong-closed",
    "/held-scores",
    "/health",
    "/notifications",
    "/preparation",
    f"/people/{JOE}/preparation",
    "/team",
    "/pipeline",
    "/analysts",
    "/samples",
    "/webhooks",
    "/webhooks/{subscription}",
    "/learners",
    f"/learners/{JOE}",
    f"/learners/{JOE}/evidence/discovery",
)


class Organisation:
    """Joe's call was analysed an hour ago; what he and others had done before is open."""

    def __init__(self, api: ApiClient, secret: Mapping[str, float]) -> None:
        self.api = api
        self._portal = Portal(api.platform.on, SignIn(session_key="a-key-for-tests", demonstration=ANYBODY))
        imported = api.import_people(
            "name,email,role,manager\n" + "".join(f"{one},{one},employee,{DANA}\n" for one in TEAM)
        )
        assert (imported.status, imported.json["rejected"]) == (200, 0), imported
        as_learner(api)
        for number, seller in enumerate(TEAM):
            api.record(*(call_seen(of, employee=seller, score=50 + 9 * number, days_ago=of + 1) for of in range(2)))
        api.record(*(role_play(number, score=85) for number in range(3)))
        api.record(*(call_seen(number, score=70, days_ago=number + 2) for number in range(3)))
        api.deliver()
        subscribed = {"address": "https://example.com/told", "event_types": ["skill.changed", "discrepancy.changed"]}
        self._filled = {
            "cursor": str(api.get("changes").json["cursor"]),
            "subscription": str(api.post("webhook-subscriptions", subscribed, who=ADA).json["subscription_id"]),
        }
        self._analysed(secret)
        deal = acme(account__industry="retail", opportunity__stage="closing")
        self.planned = api.post("deal-assignments", deal, who=CRM).json
        api.deliver()
        api.clock.move(seconds=HORIZON.total_seconds() + 3_600)

    def _analysed(self, secret: Mapping[str, float]) -> None:
        scores = [
            {
                "competency": word,
                "score": points,
                "confidence": 0.9 - 0.4 * number,
                "evidence": f"quote at turn {number}",
            }
            for number, (word, points) in enumerate(secret.items())
        ]
        references = {word: [{"turn": 1}] for word in secret}
        self.api.record(
            {
                "observation_id": "obs-closed",
                "employee_id": JOE,
                "observation_source": "gong",
                "source_id": "closed",
                "timestamp": (NOW - timedelta(hours=1)).isoformat(),
                "competency_scores": scores,
                "context": {"industry": "retail"},
                "analysis_metadata": {"model_used": "claude:m:r:p", "analysis_version": 2000, "references": references},
            }
        )
        result = {"employee_id": JOE, "observation_id": "obs-closed", "standing": "counted", "scores": dict(secret)}
        known = call_record(
            "gong",
            "closed",
            NOW - timedelta(hours=1),
            state="observed",
            employees=[JOE],
            participants=[took_part(JOE)],
            observations=[result],
        )
        assert self.api.platform.call_records.create(known)

    def answers(self, role: str) -> dict[str, str]:
        """What somebody is answered wherever something can be read."""
        return {f"GET {path}": self._answer(role, path) for path in (*READ, *QUEUE)} | {
            "preview": repr(self.api.post("skills/discovery/preview", RULES, who=WHO[role]).json)
        }

    def posted(self) -> dict[str, Any]:
        """What whoever may post is answered to each kind of event about Joe, alone and in lists, and to voids."""
        found: dict[str, Any] = {"what a deal asks for": self.planned}
        for number, (role, who) in enumerate(POSTING.items(), 100):
            for path, kind, made in KINDS_POSTED:
                for name, body in ((f"{kind} {role}", made(number)), (f"{kind}s {role}", [made(number + 50)])):
                    self.api.clock.move(milliseconds=1)
                    reply = self.api.post(path, body, who=who)
                    assert reply.status in {201, 207}, reply
                    found[name] = reply.json
                    found[f"profile after {name}"] = self.api.get(f"employees/{JOE}/skills", view="all").json["skills"]
            for name, void in _voids(number):
                self.api.clock.move(milliseconds=1)
                reply = self.api.post("voids", void, who=who)
                assert (reply.status, reply.json["skill_updates"] != []) == (200, True), (name, reply)
                found[f"void of a {name} {role}"] = reply.json
        closed = {"event_id": "obs-closed", "source": "gong", "reason": "By mistake"}
        found["void of what is closed"] = self.api.post("voids", closed, who=INTEGRATION).json
        return found

    def pages(self, role: str) -> dict[str, str]:
        """What somebody is shown on every page."""
        if role not in PEOPLE:
            return {}
        person = Person(Client(self._serve))
        person.sign_in(PEOPLE[role])
        return {
            address: self._without_chance(person.get(address.format(**self._filled)).get_data(as_text=True))
            for address in LOOKED_AT
        }

    def _answer(self, role: str, path: str) -> str:
        place, _, query = path.format(**self._filled).partition("?")
        reply = self.api.get(place, who=WHO[role], **dict(parse_qsl(query)))
        said = repr(reply.lines if reply.status == 200 and place.startswith("export") else reply.json)
        return f"{reply.status} {self._without_chance(said)}"

    def _without_chance(self, text: str) -> str:
        """Returns an answer or a page without what chance decides: ids of subscriptions, and what guards forms."""
        text = re.sub(r'(name="token" value|nonce)="[^"]+"', "", text.replace(self._filled["subscription"], ""))
        return re.sub(r"\bmsg_[0-9a-f]+\b", "", text)

    def _serve(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self._portal.respond(Request(environ))(environ, start_response)


POSTING: Mapping[str, str] = {"integration": INTEGRATION, "administration": ADMINISTRATION, "administrator": ADA}
KINDS_POSTED: tuple[tuple[str, str, Callable[[int], dict[str, Any]]], ...] = (
    ("validation-events", "role play", partial(role_play, score=91)),
    ("learning-activities", "lesson", lesson),
    ("field-observations", "call", partial(call_seen, score=66)),
    ("field-observations", "closed call", lambda number: call_analysed(number + 500, confidence=0.9)),
)


def _voids(number: int) -> Iterable[tuple[str, dict[str, str]]]:
    yield "role play", {"event_id": f"evt-{JOE}-{number}", "source": "voice-roleplay", "reason": "By mistake"}
    yield "call", {"event_id": f"obs-{JOE}-{number}", "source": "gong", "reason": "By mistake"}


RULES: Any = {"rules": [{"min_field_observations": 4, "min_field_score": 50}]}
"""Met with the closed call, in one of the organisations."""


Seen = tuple[Mapping[str, Mapping[str, str]], Mapping[str, Mapping[str, str]], Mapping[str, Any]]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, loaded: Loaded) -> tuple[Seen, Seen]:
    """What everybody is answered and shown in each organisation."""
    found: list[Seen] = []
    folder: Path = tmp_path_factory.mktemp("closed")
    for number, secret in enumerate(SECRETS):
        api = _api(folder / str(number), loaded)
        try:
            made = Organisation(api, secret)
            answers, shown = {role: made.answers(role) for role in WHO}, {role: made.pages(role) for role in WHO}
            found.append((answers, shown, made.posted()))
        finally:
            api.close()
    return found[0], found[1]


def differing(first: Mapping[str, Any], second: Mapping[str, Any]) -> set[str]:
    return {name for name in first if first[name] != second[name]}


@pytest.mark.parametrize("role", OTHERS)
def test_whoever_is_not_joe_is_answered_the_same_whatever_was_scored(both: tuple[Seen, Seen], role: str) -> None:
    reviewing = {f"GET {path}" for path in QUEUE} if role in {"enablement", "administrator"} else set()
    assert differing(both[0][0][role], both[1][0][role]) - reviewing == set()
    assert differing(both[0][1][role], both[1][1][role]) == set()


def test_whoever_posts_about_joe_is_answered_the_same_whatever_was_scored(both: tuple[Seen, Seen]) -> None:
    assert differing(both[0][2], both[1][2]) == set()


@pytest.mark.parametrize("kind", [kind for _, kind, _ in KINDS_POSTED if kind != "closed call"])
@pytest.mark.parametrize("role", POSTING)
def test_an_answer_says_what_the_profile_shows(both: tuple[Seen, Seen], role: str, kind: str) -> None:
    told = both[0][2][f"{kind} {role}"]["skill_updates"]
    profile = both[0][2][f"profile after {kind} {role}"]

    def rating(of: str, rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
        return {f"{row['competency']} {row['context']}": (row[of], row["status"], row["interval"]) for row in rows}

    shown, updated = rating("current_rating", profile), rating("new_rating", told)
    both_say = updated.keys() & shown.keys()
    assert both_say
    assert {name: updated[name] for name in both_say} == {name: shown[name] for name in both_say}


def test_a_void_of_what_is_closed_tells_nothing(both: tuple[Seen, Seen]) -> None:
    said = both[0][2]["void of what is closed"]
    assert (said["standing"], said["skill_updates"]) == ("void", [])


def test_joe_is_answered_what_was_scored(both: tuple[Seen, Seen]) -> None:
    answered = differing(both[0][0]["employee"], both[1][0]["employee"])
    shown = differing(both[0][1]["employee"], both[1][1]["employee"])

    assert answered >= {f"GET employees/{JOE}/skills", f"GET field-observations/{JOE}", "GET calls/gong-closed"}
    assert shown >= {f"/people/{JOE}", f"/people/{JOE}/field", "/calls/gong-closed"}


def test_reviewers_see_it_where_they_review(both: tuple[Seen, Seen]) -> None:
    for role in ("enablement", "administrator"):
        assert differing(both[0][0][role], both[1][0][role]) >= {f"GET {path}" for path in QUEUE if "/" in path}


NOTHING_OF_CALLS = {
    "/api/v1/openapi.json",
    "/api/v1/docs",
    "/api/v1/audit",  # who has seen whom, and nothing of what was seen
    "/api/v1/calls/<record_id>/speakers",  # whose voice is whose
    "/api/v1/calls/<record_id>/transcript",  # words
    "/api/v1/calls/analyses/<run_id>",
    "/api/v1/certificates/<certificate_id>/history",
    "/api/v1/dead-letters",
    "/api/v1/dead-letters/<letter_id>",
    "/api/v1/employees/<employee_id>/former-ids",
    "/api/v1/employees/<employee_id>/notification-deliveries",
    "/api/v1/employees/<employee_id>/notification-settings",
    "/api/v1/erasures",
    "/api/v1/erasures/<run_id>",
    "/api/v1/escalations",
    "/api/v1/moves/<run_id>",
    "/api/v1/frameworks",
    "/api/v1/frameworks/<framework_id>",
    "/api/v1/frameworks/<framework_id>/unknown-values",  # words of contexts
    "/api/v1/learning/authorisations",
    "/api/v1/learning/authorisations/in-force",
    "/api/v1/learning/enrolments",
    "/api/v1/learning/enrolments/<employee_id>",
    "/api/v1/learning/enrolments/<employee_id>/authorisations",
    "/api/v1/learning/enrolments/<employee_id>/coach-agreement",
    "/api/v1/quarantine/<quarantine_id>",
    "/api/v1/recalculations/<run_id>",
    "/api/v1/assignable-content",
    "/api/v1/evidence",
    "/api/v1/evidence/<evidence_id>/content",
    "/api/v1/settings/assignments",
    "/api/v1/settings/hold-out",
    "/api/v1/settings/reviews",
    "/api/v1/learning/clips/<name>",
    "/api/v1/learning/feed",  # questions and what one recalls of them
    "/api/v1/learning/lessons",
    "/api/v1/learning/lessons/<lesson_id>",
    "/api/v1/skills",
    "/api/v1/skills/<skill_id>",
    "/api/v1/skills/<skill_id>/versions",
    "/api/v1/assessment-plans/<key>",
    "/api/v1/standards",
    "/api/v1/standards/<key>",
    "/api/v1/standards/<key>/assessment-plans",
    "/api/v1/standards/<key>/framework-draft",
    "/api/v1/transcript-grants",
    "/api/v1/trial-deals",
    "/api/v1/webhook-subscriptions/<subscription_id>",
    "/access",
    "/audit",
    "/calibration",
    "/calls/<record_id>/transcript",
    "/calls/analyses",
    "/calls/analyses/<run_id>",
    "/coach",
    "/dead-letters",
    "/dead-letters/<letter_id>",
    "/dimensions/<framework_id>",
    "/erasures",
    "/hand-overs",
    "/health/integrations",
    "/assignment-rules",
    "/hold-out",
    "/job-titles",
    "/learners/authorisations",
    "/learners/invitation",
    "/lessons",
    "/lessons/<lesson_id>",
    "/me",  # the own profile
    "/notification-deliveries",
    "/notifications/deliveries",
    "/notifications/settings",
    "/outbox",
    "/outbox/<key>",
    "/evidence/<evidence_id>/content",
    "/observe",
    "/people/<employee_id>/evidence",
    "/people/<employee_id>/identity",
    "/people/<employee_id>/observation",
    "/people/<employee_id>/verification",
    "/quarantine",
    "/quarantine/<item_id>",
    "/reviews",
    "/reviews/<review_id>",
    "/skills",
    "/skills/<framework_id>/<skill_id>",
    "/skills/<framework_id>/<skill_id>/rule",
    "/skills/<framework_id>/add",
    "/standards",
    "/standards/<key>",
    "/standards/import",
    "/standards/import/<file_id>",
    "/verify",
}
"""Routes and pages that show nobody's scores, or the own ones, or those of the queue."""


def test_every_route_and_page_that_reads_is_asked() -> None:
    reading = {route.path for route in ROUTES if route.method == "GET"}
    shown = {path for method, path in pages() if method == "GET"}
    asked = {route_of(reading, "GET", f"/api/v1/{path}")[1] for path in (*READ, *QUEUE)}
    looked_at = {route_of(shown, "GET", address)[1] for address in LOOKED_AT}

    assert (reading | shown) - asked - looked_at == NOTHING_OF_CALLS
