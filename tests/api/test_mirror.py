"""A mirror that is kept from the answers alone shows what the profile shows, whatever came, in whatever order.

The answer to an analysis that is closed to its sender tells of it all the same, and the profile does not yet: that the
mirror leaves alone.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.harness.api_client import NOW, ApiClient

_people = count(1)
COMPETENCIES = ("discovery", "closing", "security_and_compliance")
CONTEXTS: tuple[dict[str, str], ...] = (
    {},
    {"industry": "healthcare"},
    {"industry": "healthcare", "deal_size": "enterprise"},
    {"industry": "healthcare", "deal_size": "enterprise", "buyer_persona": "ciso"},
    {"industry": "fintech", "deal_size": "enterprise"},
)
Key = tuple[str, tuple[tuple[str, str], ...]]
Mirror = dict[Key, dict[str, Any]]

some = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["validation", "validation", "field", "field", "learning", "void"]),
        "competency": st.sampled_from(COMPETENCIES),
        "context": st.sampled_from(CONTEXTS),
        "score": st.integers(0, 100),
        "days_ago": st.sampled_from([0, 1, 30, 89, 95, 400]),
        "passed": st.booleans(),
        "exam": st.booleans(),
        "about": st.integers(0, 3),
    }
)


def key_of(row: dict[str, Any]) -> Key:
    return row["competency"], tuple(sorted((row["context"] or {}).items()))


def shown(row: dict[str, Any], rating: str) -> dict[str, Any]:
    """What a row of a profile and an update both say."""
    same = ("preliminary_rating", "interval", "confidence", "status", "trend", "explanation")
    return {"rating": row[rating], **{name: row[name] for name in same}}


def profile(api: ApiClient, who: str) -> Mirror:
    rows = api.get(f"employees/{who}/skills", view="all").json["skills"]
    return {key_of(row): shown(row, "current_rating") for row in rows}


class Sender:
    """Posts what it is told about one person, and keeps a mirror from the answers."""

    def __init__(self, api: ApiClient) -> None:
        self.api = api
        self.who = f"mirrored-{next(_people)}@augmentcode.com"
        assert api.put(f"employees/{self.who}", {"name": "Mira Rohr"}).status == 200
        self.mirror = profile(api, self.who)
        self.sent: list[tuple[str, str | None]] = []
        self.times: dict[int, str] = {}

    def act(self, number: int, what: dict[str, Any]) -> None:
        if what["kind"] == "void":
            if self.sent:
                event_id, source = self.sent[what["about"] % len(self.sent)]
                self.keep("voids", {"event_id": event_id, "source": source, "reason": "By mistake"}, {200})
            return
        path, body = getattr(self, what["kind"])(number, what)
        self.keep(path, body, {201})

    def keep(self, path: str, body: dict[str, Any], statuses: set[int]) -> None:
        self.api.clock.move(milliseconds=1)
        answer = self.api.post(path, body)
        if answer.status == 409:  # another time of a call that is known
            return
        assert answer.status in statuses, answer
        if path == "field-observations" and NOW - datetime.fromisoformat(body["timestamp"]) < timedelta(days=2):
            return
        for update in answer.json["skill_updates"]:
            assert update["vanished"] == (key_of(update) in self.mirror and not update["shown"]), update
            if update["shown"]:
                self.mirror[key_of(update)] = shown(update, "new_rating")
            else:
                self.mirror.pop(key_of(update), None)

    def validation(self, number: int, what: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        event_id = f"{self.who}-v{number}"
        self.sent.append((event_id, "roleplay"))
        return "validation-events", {
            "event_id": event_id,
            "employee_id": self.who,
            "event_type": "certification_exam" if what["exam"] else "role_play",
            "event_source": "roleplay",
            "timestamp": self.at(what),
            "overall_score": what["score"],
            "passed": what["passed"],
            "competency_scores": [
                {"competency": what["competency"], "score": what["score"], "context": what["context"] or None}
            ],
        }

    def field(self, number: int, what: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        call, event_id = what["about"], f"{self.who}-f{number}"
        self.sent.append((event_id, "gong"))
        context = {name: value for name, value in what["context"].items() if name != "buyer_persona"}
        if "buyer_persona" in what["context"]:
            context["buyer_personas"] = [what["context"]["buyer_persona"]]
        return "field-observations", {
            "observation_id": event_id,
            "employee_id": self.who,
            "observation_source": "gong",
            "source_id": f"{self.who}-c{call}",
            "timestamp": self.times.setdefault(call, self.at(what)),
            "competency_scores": [{"competency": what["competency"], "score": what["score"]}],
            "context": context,
            "analysis_metadata": {"model_used": "m", "confidence_score": 0.9 if what["passed"] else 0.3},
        }

    def learning(self, number: int, what: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        event_id = f"{self.who}-l{number}"
        self.sent.append((event_id, None))
        industry = what["context"].get("industry")
        return "learning-activities", {
            "activity_id": event_id,
            "employee_id": self.who,
            "activity_type": "video",
            "content_id": "primer",
            "started_at": self.at(what),
            "completed_at": self.at(what),
            "completion_percentage": 100,
            "quiz_score": what["score"] if what["passed"] else None,
            "related_competencies": [what["competency"]],
            "context_tags": {"industry": [industry]} if industry else {},
        }

    def at(self, what: dict[str, Any]) -> str:
        return (NOW - timedelta(days=what["days_ago"], hours=1)).isoformat()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(some, min_size=1, max_size=9))
def test_a_mirror_of_the_answers_is_the_profile(seen: ApiClient, acts: list[dict[str, Any]]) -> None:
    sender = Sender(seen)
    for number, what in enumerate(acts):
        sender.act(number, what)
        assert sender.mirror == profile(seen, sender.who), what
