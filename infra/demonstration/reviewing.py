"""The demonstration's reviewer: decides what waits, by the labels that a reader gave the corpus's calls.

What happened in the last few days stays open, for whoever tries the portal. The reader labelled the calls before any
analyst saw them: the labels are the own scores of a blind review, but for calls on which the analyst was tuned, which
certify nothing. A score that a reader would give as well is
confirmed, another corrected, and one for which the reader saw nothing is dropped: so the certificates are of decisions.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TypedDict

from infra.demonstration.corpus_staging import StagedCall
from infra.frameworks.tuned import tuned_on
from infra.web.calling import Answer, Post, accepted
from shared.kernel.json_values import JsonObject

REVIEWS = "/api/v1/reviews"
OPEN_DAYS = 8
"""Calls of so many last days stay open."""
TOLERATED = 3
"""Points by which a score may be off and is still confirmed."""

Get = Callable[[str], Answer]


class Score(TypedDict):
    """Holds one score of an analyst, as far as the reviewer reads it."""

    competency: str
    score: float


class _Shown(TypedDict):
    event_id: str
    scores: list[Score]


class _Item(TypedDict):
    review_id: str
    source_id: str
    employee_id: str
    occurred_at: str
    scorer: str
    competencies: list[str]


class _Page(TypedDict):
    items: list[_Item]
    next_cursor: str | None


def review(get: Get, post: Post, calls: Sequence[StagedCall], as_of: date) -> int:
    """Decides every open review of a call before the last days; how many. Raises Refused, Unreachable."""
    labels = {
        (call.call_id, employee): {label.competency: label.score for label in of_employee}
        for call in calls
        for employee, of_employee in call.labels().items()
    }
    names = {call.call_id: call.script.slug for call in calls}
    decided = 0
    for item in list(_open(get)):
        known = labels.get((item["source_id"], item["employee_id"]))
        if known is None or datetime.fromisoformat(item["occurred_at"]).date() > as_of - timedelta(days=OPEN_DAYS):
            continue
        path = f"{REVIEWS}/{item['review_id']}"
        tuned = names[item["source_id"]] in tuned_on(item["scorer"])
        own = {"skip": True} if tuned else own_scores(item["competencies"], known)
        shown: _Shown = json.loads(accepted(post(f"{path}/own-scores", json.dumps(own).encode()), path).body)
        body = {"event_id": shown["event_id"], **decision(shown["scores"], known)}
        accepted(post(f"{path}/decision", json.dumps(body).encode()), path)
        decided += 1
    return decided


def own_scores(competencies: Sequence[str], labels: Mapping[str, int]) -> JsonObject:
    """Gives the labels of a reader as own scores; the body of POST /reviews/{id}/own-scores."""
    given: list[JsonObject] = [{"competency": one, "score": labels[one]} for one in competencies if one in labels]
    return {"scores": given, "not_observed": [one for one in competencies if one not in labels]}


def decision(scores: Sequence[Score], labels: Mapping[str, int]) -> JsonObject:
    """Decides about an analyst's scores as a reader with these labels; the body of POST /reviews/{id}/decision."""
    drop = [score["competency"] for score in scores if score["competency"] not in labels]
    others: list[JsonObject] = [
        {"competency": score["competency"], "score": labels[score["competency"]]}
        for score in scores
        if score["competency"] in labels and abs(score["score"] - labels[score["competency"]]) > TOLERATED
    ]
    if len(drop) == len(scores):
        return {"decision": "reject"}
    return {"decision": "correct", "scores": others, "drop": drop} if drop or others else {"decision": "confirm"}


def _open(get: Get) -> Iterator[_Item]:
    path = f"{REVIEWS}?state=open&limit=100"
    cursor = ""
    while True:
        page: _Page = json.loads(accepted(get(path + cursor), path).body)
        yield from page["items"]
        if page["next_cursor"] is None:
            return
        cursor = f"&cursor={page['next_cursor']}"
