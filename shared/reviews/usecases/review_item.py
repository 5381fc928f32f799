"""A review item: what the ledger says about one call and one person, and what people have said about it.

The item is a function of (events of the ledger, contest, decision): whoever draws it again from the same gets the same,
whatever order the messages came in and however often.

    reviews/<digest of source, source id, employee id>
        state       open: a person is asked; decided; superseded: a newer analysis left nothing to ask
        reasons     lexical, low_confidence, untrusted_scorer, contested, sample
        scores      the scorer's, whatever was decided: [{competency, score, confidence, waits, reason}]
        contest     {contested_at, reason, competencies, human}: human is the rank above which a decision answers it
        decision    the one that stands: {decision, scores, pairs, note, human, decided_at, decided_by, …}
        earlier     decisions that were replaced after a contest
        human       the highest rank of a person's decision, in the ledger or on its way there
        unfinished  true while what follows a decision has not all happened

Free text (a contest's reason, a reviewer's note) is personal data: it stands here and nowhere else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from shared.frameworks.domain.review_settings import ReviewSettings
from shared.intake.usecases.record_event import WAITS
from shared.kernel.ids import review_id_of
from shared.kernel.reading import validated
from shared.observations.messages import ObservationRecorded
from shared.ports.documents import Document, Query, Reader, Where
from shared.reviews.domain.review import CONTESTED, Analysed, AnalysedScore, highest, reasons


def analysed(message: ObservationRecorded, entry: str = "") -> Analysed:
    """A recorded field observation. entry: its text in the employee's state."""
    scores: dict[str, AnalysedScore] = {}
    for one in (*message.waiting, *message.scores):
        if one.score is not None and one.competency not in scores:
            scores[one.competency] = AnalysedScore(one.competency, one.score, one.confidence, one.waits)
    return Analysed(
        event_id=message.event_id,
        human=message.human,
        analysis=message.analysis,
        entry=entry,
        scorer=message.scorer,
        occurred_at=message.occurred_at,
        received_at=message.received_at,
        scores=tuple(score for _, score in sorted(scores.items())),
        decision=None if not message.human else message.review_decision or "confirmed",
        account_name=message.account_name,
    )


def ledger_of(reader: Reader, source: str, source_id: str, employee_id: str) -> list[Document]:
    """The events about one call and one person."""
    return reader.query(
        Query(
            "events",
            where=[
                Where("employee_id", "==", employee_id),
                Where("source_id", "==", source_id),
                Where("source", "==", source),
                Where("kind", "==", "field"),
            ],
            fields=["entry", "message", "framework_id"],
        )
    )


def drawn(
    known: Mapping[str, Any] | None,
    ledger: Iterable[Document],
    settings: ReviewSettings,
    contest: Mapping[str, Any] | None = None,
) -> dict[str, Any] | None:
    """The item as it stands; None when there is nothing for a person to look at.

    known: the item so far, of which contest, decision and earlier decisions are kept. contest: a new one
    """
    facts = {document.id: validated(ObservationRecorded, json.loads(document.data["message"])) for document in ledger}
    entries = {document.id: document.data["entry"] for document in ledger}
    events = [analysed(fact, entries[event_id]) for event_id, fact in facts.items()]
    analyses = [event for event in events if event.human == 0 and event.scorer is not None]
    top = highest(events)
    decision, earlier = (known or {}).get("decision"), list((known or {}).get("earlier", ()))
    own = None if decision is None or decision["elsewhere"] else decision
    basis = _basis(own, top, analyses)
    if top is None or basis is None:
        return None if known is None else dict(known)
    contest = contest or (known or {}).get("contest")
    if known is None and contest is None and not any(_reasons(one, settings) for one in analyses):
        return None
    if top.human > (own["human"] if own else 0):
        decision = _elsewhere(top, basis)
        earlier += [own] if own else []
    human = decision["human"] if decision else 0
    outstanding = contest is not None and human <= contest["human"]
    why = [*_reasons(basis, settings), *([CONTESTED] if contest else [])]
    state = "open" if outstanding or (why and not human) else "decided" if human else "superseded"
    fact = facts[basis.event_id]
    item = {
        "review_id": review_id_of(fact.source, fact.source_id, fact.employee_id),
        "employee_id": fact.employee_id,
        "framework_id": fact.framework_id,
        "source": fact.source,
        "source_id": fact.source_id,
        "event_id": basis.event_id,
        "scorer": basis.scorer,
        "analysis": basis.analysis,
        "account_name": basis.account_name,
        "occurred_at": basis.occurred_at,
        "scored_at": basis.received_at,
        "opened_at": contest["contested_at"] if contest else basis.received_at,
        "state": state,
        "reasons": why,
        "scores": [
            {**asdict(score), "reason": None if score.waits is None else WAITS[score.waits]} for score in basis.scores
        ],
        "contest": None if contest is None else dict(contest),
        "decision": None if decision is None else dict(decision),
        "earlier": earlier,
        "human": human,
    }
    return item | ({"unfinished": True} if known and known.get("unfinished") else {})


def final_scores(item: Mapping[str, Any]) -> dict[str, float | None]:
    """Competency to the score that stands: the last decision's, else the scorer's; None for a dropped one."""
    decision = item["decision"]
    found = decision["scores"] if decision else item["scores"]
    return {one["competency"]: one["score"] for one in found}


def scores_of(item: Mapping[str, Any]) -> list[AnalysedScore]:
    """The scorer's scores."""
    names = ("competency", "score", "confidence", "waits")
    return [AnalysedScore(**{name: one[name] for name in names}) for one in item["scores"]]


def _basis(own: Mapping[str, Any] | None, top: Analysed | None, analyses: Sequence[Analysed]) -> Analysed | None:
    """The analysis in question: the one that a person has decided about, else the highest. own: a decision made here"""
    if top is None:
        return None
    if own and own["human"] >= top.human:
        about = [one for one in analyses if one.event_id == own["event_id"]]
    else:
        about = [one for one in analyses if top.human and one.analysis == top.analysis]
    return highest(about or analyses)


def _reasons(analysis: Analysed, settings: ReviewSettings) -> tuple[str, ...]:
    return reasons(analysis.event_id, analysis.scores, settings.sample_share)


def _elsewhere(decided: Analysed, basis: Analysed) -> dict[str, Any]:
    """A decision that came in with an observation: it closes the item, and is no evidence about the scorer, since
    nobody here knows who looked at what."""
    final = {score.competency: score.score for score in decided.scores} if decided.decision != "rejected" else {}
    return {
        "decision": decided.decision,
        "scores": [{"competency": one.competency, "score": final.get(one.competency)} for one in basis.scores],
        "pairs": [],
        "note": None,
        "event_id": basis.event_id,
        "human": decided.human,
        "decided_at": decided.received_at,
        "decided_by": None,
        "decided_by_role": None,
        "elsewhere": True,
    }
