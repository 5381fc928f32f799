"""Reviews: people look at an analyst's scores, confirm, correct or reject them; employees contest their own.

A decision is one transaction on the item, which then owes what follows: the observation goes in again under the
person's rank (all scores of the call, so that it replaces the analysis whole), `review-decided` is published, and the
act is audited. Each of these is harmless twice; the caller's retry, the next act on the item, or the sweep finishes
what a crash left.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from shared.analysts.domain.agreement import SAMPLE
from shared.conversations.usecases.deals_in_force import Deal, DealsInForce
from shared.frameworks.usecases.configuration import Configuration
from shared.intake.usecases.record_event import RecordEvents
from shared.kernel import access
from shared.kernel.access import Caller
from shared.kernel.errors import Conflict, Forbidden, NotFound, Rejected
from shared.kernel.ids import review_id_of
from shared.kernel.log_events import LogEvent
from shared.kernel.moments import text
from shared.kernel.reading import validated
from shared.observations.contract import FieldObservation
from shared.people.records import Employee, EmployeeRecords
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ports.ambient import Clock, Log
from shared.ports.documents import DELETE_FIELD, Document, Documents, Merge, Put, Query, Transaction, Where
from shared.ports.messages import Bus, Message
from shared.privacy.domain.visibility import REVIEWERS, is_own, opens_at
from shared.reviews.domain.review import foremost, pairs
from shared.reviews.messages import ReviewDecided, ReviewedScore
from shared.reviews.usecases.review_item import drawn, final_scores, ledger_of, scores_of

if TYPE_CHECKING:
    from shared.reviews.contract import Contest, ReviewDecision

TOPIC = "review-decided"
IN_ONE_QUERY = 30
"""Employees that one query may name."""
MOST_OWN_CALLS = 500
"""How many of the own newest calls are looked through for one to contest."""

Position = tuple[datetime, str]


class Reviews:
    """Lists, shows and decides reviews, and takes in contests (see the module)."""

    def __init__(
        self,
        documents: Documents,
        bus: Bus,
        configuration: Configuration,
        events: RecordEvents,
        people: EmployeeRecords,
        deals: DealsInForce,
        audit: Audit,
        clock: Clock,
        log: Log,
    ) -> None:
        self._documents = documents
        self._bus = bus
        self._configuration = configuration
        self._events = events
        self._people = people
        self._deals = deals
        self._audit = audit
        self._clock = clock
        self._log = log

    # Reading

    def page(
        self,
        caller: Caller,
        *,
        state: str | None = None,
        reason: str | None = None,
        employee_id: str | None = None,
        limit: int = 50,
        after: Position | None = None,
    ) -> tuple[list[dict[str, Any]], Position | None]:
        """The reviews in the caller's sight, those opened last first, without their scores; and where to continue.

        What is not open for the caller yet is left out, so that a page may be shorter than its limit. Raises Forbidden
        for an employee outside the caller's sight.
        """
        people = self._sight(caller, employee_id)
        where = [Where("state", "==", state)] if state else []
        if reason:
            where.append(Where("reasons", "array_contains", reason))
        found = self._newest(where, people, limit + 1, after)
        more = len(found) > limit
        found = found[:limit]
        records = self._people.many({document.data["employee_id"] for document in found})
        deals = self._deals.of(_conversation(document.data) for document in found)
        items = [
            self._summary(
                document.data, records.get(document.data["employee_id"]), deals[_conversation(document.data)], caller
            )
            for document in found
            if self._opens(document.data, caller) is None
        ]
        return items, (found[-1].data["opened_at"], found[-1].id) if more else None

    def get(self, caller: Caller, review_id: str) -> dict[str, Any]:
        """One review with its scores and what each stands on; leaves an audit record where the role demands it.

        Raises NotFound, and Forbidden where the caller may not see the employee, or not yet.
        """
        item = self._known(review_id).data
        record = self._employee(item["employee_id"])
        self._require_sight(caller, record)
        self._require_open(item, caller)
        if access.is_audited(caller, item["employee_id"]):
            self._audit.record(caller, AuditAction.REVIEW_VIEWED, subject=item["employee_id"])
        return self._view(item, record, caller)

    # Deciding

    def decide(self, caller: Caller, review_id: str, body: ReviewDecision) -> dict[str, Any]:
        """Confirms, corrects or rejects; the review as it is then. The same decision again is answered as the first
        time. Raises NotFound, Forbidden, Rejected (a competency that the call has no score of), and Conflict when
        somebody else was first, or another analysis stands by now."""
        before = self._known(review_id)
        record = self._employee(before.data["employee_id"])
        self._require_reviewer(caller, before.data, record)
        if before.data.get("unfinished"):
            self._finish(before.data)
        settings, now = self._configuration.reviews(), self._clock.now()

        def work(transaction: Transaction) -> dict[str, Any]:
            document = transaction.get(before.path)
            if document is None:
                raise _nothing(review_id)
            known = document.data
            ledger = ledger_of(transaction, known["source"], known["source_id"], known["employee_id"])
            item = drawn(known, ledger, settings) or known
            if item["state"] != "open":
                if _is_again(item, body, caller):
                    return item
                raise Conflict(_closed(item))
            if body.event_id is not None and body.event_id != item["event_id"]:
                raise Conflict(
                    "the call has been analysed again since you looked at it; look at the new scores", field="event_id"
                )
            decided = _decided(item, body, caller, now)
            transaction.write(Put(document.path, decided))
            return decided

        item = self._documents.transact(work)
        if item.get("unfinished"):
            self._finish(item)
            item = {name: value for name, value in item.items() if name != "unfinished"}
        return self._view(item, record, caller)

    def finish(self) -> int:
        """Does what follows each decision that has not had it all yet; how many there were. One whose observation is
        refused (the person is gone) keeps nobody back."""
        left = self._documents.query(Query("reviews", where=[Where("unfinished", "==", True)]))
        for document in left:
            try:
                self._finish(document.data)
            except Rejected as error:
                self._log.event(LogEvent.REVIEW_UNFINISHED, "ERROR", review_id=document.id, cause=type(error).__name__)
        return len(left)

    def _finish(self, item: Mapping[str, Any]) -> None:
        decision = item["decision"]
        by = Caller(email=decision["decided_by"], role=decision["decided_by_role"], employee_id=decision["decided_by"])
        raw = self._observation(item)
        self._events.one(validated(FieldObservation, raw), raw, by)
        fact = ReviewDecided(
            review_id=item["review_id"],
            review_version=decision["human"],
            employee_id=item["employee_id"],
            scorer=item["scorer"],
            source=item["source"],
            reason=foremost(item["reasons"]),
            decision=decision["decision"],
            pairs=[
                ReviewedScore(
                    competency=one["competency"],
                    scorer_score=one["scorer"],
                    person_score=one["person"],
                    reason=one["reason"],
                )
                for one in decision["pairs"]
            ],
            sampled=item["reasons"] == [SAMPLE],
            reviewed_by_role=decision["decided_by_role"],
            decided_at=decision["decided_at"],
        )
        self._bus.publish(TOPIC, [Message(fact.model_dump(mode="json"), {"employee_id": fact.employee_id})])
        self._audit.record(
            by, AuditAction(f"review.{decision['decision']}"), subject=item["employee_id"], detail=item["review_id"]
        )
        path = f"reviews/{item['review_id']}"

        def work(transaction: Transaction) -> None:
            document = transaction.get(path)
            # A newer decision owes what follows itself.
            if document and document.data.get("unfinished") and document.data["decision"]["human"] == decision["human"]:
                transaction.write(Merge(path, {"unfinished": DELETE_FIELD}))

        self._documents.transact(work)

    def _observation(self, item: Mapping[str, Any]) -> dict[str, Any]:
        """The observation of a decided item: the analysis as it was sent, with what the person made of its scores."""
        decision = item["decision"]
        payload = self._payload(item)
        framework = self._configuration.framework(item["framework_id"])
        final = final_scores(item)
        scores = []
        for one in payload["competency_scores"]:
            competency = framework.competency_named(one["competency"].strip()) or one["competency"].strip()
            score = final.get(competency)
            if decision["decision"] == "rejected":
                scores.append(one)
            elif score is not None:
                scores.append({**one, "score": score})
        return {
            **payload,
            "observation_id": f"review-{item['review_id']}-{decision['human']}",
            "competency_scores": scores,
            "analysis_metadata": {
                **payload.get("analysis_metadata", {}),
                "human_reviewed": True,
                "review_decision": decision["decision"],
                "review_version": decision["human"] - 1,
                "reviewed_by": decision["decided_by"],
            },
        }

    # Contesting

    def contest(self, caller: Caller, review_id: str, body: Contest) -> dict[str, Any]:
        """Takes in an employee's objection to the scores of an own call, whether they wait, count or were decided; the
        review as it is then. The same objection again is answered as the first time.

        Raises NotFound (no scores of the caller's have this id), Rejected, and Conflict: contested already, or the
        time to contest is over. The decision on a contest is final.
        """
        before = self._documents.get(f"reviews/{review_id}")
        if before is not None and not is_own(caller, before.data["employee_id"]):
            raise Forbidden("you may contest scores of your own calls")
        if before is not None and before.data.get("unfinished"):
            self._finish(before.data)
        employee_id = caller.employee_id or caller.email
        call = (before.data["source"], before.data["source_id"]) if before else self._own_call(employee_id, review_id)
        settings, now, path = self._configuration.reviews(), self._clock.now(), f"reviews/{review_id}"

        def work(transaction: Transaction) -> dict[str, Any]:
            document = transaction.get(path)
            known = document.data if document else None
            ledger = ledger_of(transaction, call[0], call[1], employee_id)
            named = sorted(set(body.competencies))
            new = {"contested_at": now, "reason": body.reason, "competencies": named, "human": 0}
            item = drawn(known, ledger, settings, None if known and known["contest"] else new)
            if item is None:
                raise _nothing(review_id)
            if known and known["contest"]:
                same = all(known["contest"][name] == new[name] for name in ("reason", "competencies"))
                if same and item["state"] == "open":
                    return item
                raise Conflict(
                    "the decision on a contest is final"
                    if item["state"] != "open"
                    else "these scores are contested already; a person will decide"
                )
            _require_known(named, item, "competencies")
            decided_at = item["decision"]["decided_at"] if item["decision"] else item["scored_at"]
            if now > max(item["scored_at"], decided_at) + timedelta(days=settings.contest_days):
                raise Conflict(f"scores can be contested for {settings.contest_days} days after they were given")
            # What has been decided so far does not answer what is asked now.
            item["contest"]["human"] = item["human"]
            item["state"] = "open"
            transaction.write(Put(path, item))
            return item

        item = self._documents.transact(work)
        self._audit.record(caller, AuditAction.SCORE_CONTESTED, subject=employee_id, detail=review_id)
        return self._view(item, self._employee(employee_id), caller)

    def _own_call(self, employee_id: str, review_id: str) -> tuple[str, str]:
        """(source, source id) of the own call whose review has this id, though there is no review (yet)."""
        found = self._documents.query(
            Query(
                "events",
                where=[Where("employee_id", "==", employee_id), Where("kind", "==", "field")],
                order_by=[("occurred_at", "desc")],
                limit=MOST_OWN_CALLS,
                fields=["source", "source_id"],
            )
        )
        for document in found:
            call = (str(document.data["source"]), str(document.data["source_id"]))
            if review_id_of(*call, employee_id) == review_id:
                return call
        raise _nothing(review_id)

    # Who may

    def _sight(self, caller: Caller, employee_id: str | None) -> Sequence[str] | None:
        """Whose reviews the caller lists; None: everyone's."""
        if employee_id is not None:
            self._require_sight(caller, self._employee(employee_id))
            return [employee_id]
        sight = access.PROFILE_SIGHT[caller.role] if caller.role else "everyone"
        if sight == "everyone":
            return None
        own = caller.employee_id or caller.email
        if sight not in {"reports", "learners"}:
            return [own]
        found = self._people.reports_of(own) if sight == "reports" else self._people.learners_of(own)
        return sorted({own, *(employee.employee_id for employee in found)})

    def _newest(
        self, where: Sequence[Where], people: Sequence[str] | None, limit: int, after: Position | None
    ) -> list[Document]:
        """Documents in the order of opening; of many people by several queries, whose answers are merged."""
        if people is None:
            parts: list[list[Where]] = [[]]
        else:
            parts = [
                [Where("employee_id", "in", list(people[start : start + IN_ONE_QUERY]))]
                for start in range(0, len(people), IN_ONE_QUERY)
            ]
        found: list[Document] = []
        for part in parts:
            query = Query("reviews", [*where, *part], [("opened_at", "desc")], limit, after)
            found += self._documents.query(query)
        return sorted(found, key=lambda document: (document.data["opened_at"], document.id), reverse=True)[:limit]

    def _require_sight(self, caller: Caller, record: Employee) -> None:
        if not record.opens_to(caller):
            raise Forbidden("you may see reviews of your own calls, and of people whom your role lets you see")

    def _opens(self, item: Mapping[str, Any], caller: Caller) -> datetime | None:
        """When the item opens for the caller; None when it is open."""
        hours = self._configuration.reviews().employee_first_hours
        opens = opens_at(caller, item["employee_id"], item["scored_at"], hours)
        return None if opens is None or opens <= self._clock.now() else opens

    def _require_open(self, item: Mapping[str, Any], caller: Caller) -> None:
        opens = self._opens(item, caller)
        if opens is not None:
            raise Forbidden(f"the employee sees these scores first; they open for you on {opens:%d %b %Y, %H:%M} UTC")

    def _require_reviewer(self, caller: Caller, item: Mapping[str, Any], record: Employee | None) -> None:
        if caller.role is None:
            raise Forbidden("a person decides about scores, not a service")
        if is_own(caller, item["employee_id"]):
            raise Forbidden("nobody decides about their own scores")
        if caller.role in REVIEWERS:
            return
        if "reviews.decide" not in caller.permissions or record is None or record.manager_id != caller.employee_id:
            raise Forbidden("enablement, an administrator, or the employee's own manager decides about scores")
        self._require_open(item, caller)

    def _may_decide(self, caller: Caller, item: Mapping[str, Any], record: Employee | None) -> bool:
        try:
            self._require_reviewer(caller, item, record)
        except Forbidden:
            return False
        return bool(item["state"] == "open")

    def _may_contest(self, caller: Caller, item: Mapping[str, Any]) -> bool:
        decided = item["decision"]["decided_at"] if item["decision"] else item["scored_at"]
        until = max(item["scored_at"], decided) + timedelta(days=self._configuration.reviews().contest_days)
        return is_own(caller, item["employee_id"]) and item["contest"] is None and self._clock.now() <= until

    # Views

    def _known(self, review_id: str) -> Document:
        document = self._documents.get(f"reviews/{review_id}")
        if document is None:
            raise _nothing(review_id)
        return document

    def _employee(self, employee_id: str) -> Employee:
        known = self._people.get(employee_id)
        if known is None:
            raise NotFound(f"there is no employee {employee_id[:80]!r}", field="employee_id")
        return known

    def _payload(self, item: Mapping[str, Any]) -> dict[str, Any]:
        event = self._documents.get(f"events/{item['event_id']}")
        if event is None:
            raise NotFound("the analysis is not in the ledger any more", field="review_id")
        payload: dict[str, Any] = json.loads(event.data["payload"])
        return payload

    def _summary(self, item: Mapping[str, Any], record: Employee | None, deal: Deal, caller: Caller) -> dict[str, Any]:
        """An item in the shape of the contract's ReviewSummary."""
        hours = self._configuration.reviews().employee_first_hours
        return {
            "review_id": item["review_id"],
            "employee_id": item["employee_id"],
            "name": record.name if record else item["employee_id"],
            "manager_id": record.manager_id if record else None,
            "source": item["source"],
            "source_id": item["source_id"],
            "account_name": deal.over(None, item["account_name"]).account_name,
            "scorer": item["scorer"],
            "occurred_at": text(item["occurred_at"]),
            "scored_at": text(item["scored_at"]),
            "opened_at": text(item["opened_at"]),
            "visible_to_manager_at": text(item["scored_at"] + timedelta(hours=hours)),
            "state": item["state"],
            "reasons": list(item["reasons"]),
            "competencies": [one["competency"] for one in item["scores"]],
            "contested": item["contest"] is not None,
            "outcome": item["decision"]["decision"] if item["decision"] else None,
            "may_decide": self._may_decide(caller, item, record),
            "may_contest": self._may_contest(caller, item),
        }

    def _view(self, item: Mapping[str, Any], record: Employee, caller: Caller) -> dict[str, Any]:
        """An item in the shape of the contract's ReviewView."""
        payload = self._payload(item)
        framework = self._configuration.framework(item["framework_id"])
        evidence = {
            framework.competency_named(one["competency"].strip()) or one["competency"].strip(): one.get("evidence")
            for one in payload["competency_scores"]
        }
        stands = final_scores(item) if item["decision"] else {}
        contest = item["contest"]
        conversation = _conversation(item)
        return self._summary(item, record, self._deals.of([conversation])[conversation], caller) | {
            "event_id": item["event_id"],
            "analysis_version": item["analysis"],
            "source_url": payload.get("source_url"),
            "scores": [
                {
                    **one,
                    "evidence": evidence.get(one["competency"]),
                    "name": framework.by_competency[one["competency"]].name
                    if one["competency"] in framework.by_competency
                    else one["competency"],
                    "person_score": stands.get(one["competency"]),
                }
                for one in item["scores"]
            ],
            "contest": None
            if contest is None
            else {
                "contested_at": text(contest["contested_at"]),
                "reason": contest["reason"],
                "competencies": list(contest["competencies"]),
                "answered": item["human"] > contest["human"],
            },
            "decision": None if item["decision"] is None else _decision_view(item["decision"]),
            "earlier": [_decision_view(one) for one in item["earlier"]],
        }


def _decided(item: Mapping[str, Any], body: ReviewDecision, caller: Caller, now: datetime) -> dict[str, Any]:
    """The item with the decision, which outranks every one before it and has yet to have its consequences."""
    _require_known([score.competency for score in body.scores], item, "scores")
    _require_known(body.drop, item, "drop")
    known = {one["competency"]: one["score"] for one in item["scores"]}
    before = item["decision"]
    rejected = before is not None and before["decision"] == "rejected"
    final: dict[str, float | None]
    if body.decision == "reject" or (body.decision == "confirm" and rejected):
        final = dict.fromkeys(known)
    elif body.decision == "confirm":
        final = final_scores(item)
    else:
        given = {score.competency: score.score for score in body.scores}
        final = {**(known if rejected else final_scores(item)), **given, **dict.fromkeys(body.drop)}
        if all(score is None for score in final.values()):
            raise Rejected("drop: no score would be left; `reject` instead", field="drop")
    none_left = all(score is None for score in final.values())
    word = "rejected" if none_left else "confirmed" if final == known else "corrected"
    contested = item["contest"]["competencies"] if item["contest"] else ()
    compared = pairs(scores_of(item), final, item["reasons"], contested)
    return {
        **item,
        "state": "decided",
        "human": item["human"] + 1,
        "decision": {
            "decision": word,
            "asked": body.model_dump(mode="json", exclude={"event_id", "note"}),
            "scores": [{"competency": competency, "score": final[competency]} for competency in known],
            "pairs": [
                {"competency": one.competency, "scorer": one.scorer, "person": one.person, "reason": one.reason}
                for one in compared
            ],
            "note": body.note,
            "event_id": item["event_id"],
            "human": item["human"] + 1,
            "decided_at": now,
            "decided_by": caller.employee_id or caller.email,
            "decided_by_role": caller.role,
            "elsewhere": False,
        },
        "earlier": [*item["earlier"], *([before] if before and not before["elsewhere"] else [])],
        "unfinished": True,
    }


def _is_again(item: Mapping[str, Any], body: ReviewDecision, caller: Caller) -> bool:
    """Whether this very decision, by this person, is the one that stands: its answer may have been lost."""
    decision = item["decision"]
    return bool(
        decision
        and not decision["elsewhere"]
        and decision["asked"] == body.model_dump(mode="json", exclude={"event_id", "note"})
        and decision["note"] == body.note
        and decision["decided_by"] == (caller.employee_id or caller.email)
    )


def _closed(item: Mapping[str, Any]) -> str:
    if item["state"] == "superseded":
        return "the call has been analysed again, and the new scores need nobody to look at them"
    return f"this has been decided already: {item['decision']['decision']}"


def _conversation(item: Mapping[str, Any]) -> tuple[str, str]:
    return item["source"], item["source_id"]


def _decision_view(decision: Mapping[str, Any]) -> dict[str, Any]:
    names = ("decision", "scores", "note", "decided_by", "decided_by_role", "elsewhere")
    return {**{name: decision[name] for name in names}, "decided_at": text(decision["decided_at"])}


def _require_known(competencies: Iterable[str], item: Mapping[str, Any], field: str) -> None:
    known = [one["competency"] for one in item["scores"]]
    for index, competency in enumerate(competencies):
        if competency not in known:
            raise Rejected(
                f"{competency!r} has no score in this call; it has {', '.join(known)}", field=f"{field}.{index}"
            )


def _nothing(review_id: str) -> NotFound:
    return NotFound(f"there is no review {review_id[:64]!r}", field="review_id")
