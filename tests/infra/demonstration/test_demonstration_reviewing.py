"""The demonstration's reviewer decides as a reader with the corpus's labels would, and leaves the last days open."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from infra.demonstration.corpus_staging import StagedCall
from infra.demonstration.reviewing import OPEN_DAYS, TOLERATED, Score, decision, review
from infra.demonstration.vendors import Staging
from infra.frameworks.tuned import tuned_on
from infra.web.calling import Answer, Refused

AS_OF = date(2026, 11, 25)
LABELS = {"discovery": 70, "closing": 50}


def scored(**scores: float) -> list[Score]:
    return [{"competency": competency, "score": score} for competency, score in scores.items()]


@pytest.mark.parametrize(
    ("scores", "wanted"),
    [
        (scored(discovery=70 + TOLERATED, closing=50.0), {"decision": "confirm"}),
        (
            scored(discovery=70 + TOLERATED + 1, closing=50),
            {"decision": "correct", "scores": [{"competency": "discovery", "score": 70}], "drop": []},
        ),
        (scored(discovery=70, listening=40), {"decision": "correct", "scores": [], "drop": ["listening"]}),
        (scored(listening=40), {"decision": "reject"}),
    ],
)
def test_a_reader_confirms_corrects_drops_or_rejects(scores: list[Score], wanted: dict[str, Any]) -> None:
    assert decision(scores, LABELS) == wanted


class Platform:
    """Reviews of staged calls, a page each, whose scores are 20 points below the labels."""

    def __init__(self, calls: list[StagedCall]) -> None:
        self.reviews: list[dict[str, Any]] = [
            {"review_id": f"{call.call_id}-{number}", "call": call, "employee_id": employee}
            for call in calls
            for number, employee in enumerate(call.labels())
        ]
        self.decisions: dict[str, dict[str, Any]] = {}

    def get(self, path: str) -> Answer:
        parts = urlsplit(path)
        if parts.path == "/api/v1/reviews":
            position = int(parse_qs(parts.query).get("cursor", ["0"])[0])
            one = self.reviews[position]
            item = {
                "review_id": one["review_id"],
                "source_id": one["call"].call_id,
                "employee_id": one["employee_id"],
                "occurred_at": one["call"].started.isoformat(),
                "scorer": "lexical:lexical-3:criteria-3:-",
                "competencies": sorted(self.labels(one)),
            }
            following = str(position + 1) if position + 1 < len(self.reviews) else None
            return _answer({"items": [item], "next_cursor": following})
        raise AssertionError(f"{path}: the scores are asked for before the reader's own are given")

    def post(self, path: str, body: bytes, content_type: str = "application/json") -> Answer:
        *_, review_id, act = path.split("/")
        if act == "decision":
            self.decisions[review_id] = json.loads(body)
            return _answer({})
        one = next(one for one in self.reviews if one["review_id"] == review_id)
        own = json.loads(body)
        if one["call"].script.slug in tuned_on("lexical:"):
            assert own == {"skip": True}, "a call on which the analyst was tuned certifies nothing"
        else:
            assert {each["competency"]: each["score"] for each in own["scores"]} == self.labels(one)
        scores = [{"competency": name, "score": label - 20} for name, label in self.labels(one).items()]
        return _answer({"event_id": f"event-{review_id}", "scores": scores})

    @staticmethod
    def labels(one: dict[str, Any]) -> dict[str, int]:
        return {label.competency: label.score for label in one["call"].labels()[one["employee_id"]]}


def _answer(value: Any) -> Answer:
    return Answer(200, json.dumps(value).encode())


def test_every_page_is_read_and_the_last_days_stay_open() -> None:
    calls = Staging(AS_OF).calls()
    platform = Platform(calls)

    decided = review(platform.get, platform.post, calls, AS_OF)

    recent = AS_OF - timedelta(days=OPEN_DAYS)
    wanted = {one["review_id"]: one for one in platform.reviews if one["call"].started.date() <= recent}
    assert decided == len(wanted) > 10
    assert platform.decisions.keys() == wanted.keys() != {one["review_id"] for one in platform.reviews}
    for name, told in platform.decisions.items():
        labels = wanted[name]["call"].labels()[wanted[name]["employee_id"]]
        assert told["event_id"] == f"event-{name}"
        assert told["scores"] == [{"competency": label.competency, "score": label.score} for label in labels]


def test_what_the_platform_refuses_is_told() -> None:
    with pytest.raises(Refused, match="answered 403"):
        review(lambda _: Answer(403, b"no"), Platform([]).post, [], AS_OF)
