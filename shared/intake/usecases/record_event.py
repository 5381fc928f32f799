"""Record events: the one way in for everything that is observed about people.

An event is accepted in one atomic batch: *create* the event under its deterministic id, with the answer itself, and
*merge* one entry into the employee's state. A known id answers as the first time; the same id with other content is
a conflict. Then the fact is published; when that fails the caller is told to try again, and the retry publishes.

Cost per event: one read (the state) and two writes (event, state), whatever the history.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from shared.frameworks.domain.framework import Framework
from shared.frameworks.domain.framework_index import index_of
from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.access import Caller
from shared.kernel.context import decode_skill, encode_skill
from shared.kernel.days import SECONDS_PER_DAY
from shared.kernel.errors import Conflict, ErasedPerson, Rejected, Retryable, TooLarge
from shared.kernel.ids import digest
from shared.kernel.log_events import LogEvent
from shared.observations.contract import LearningActivity, ValidationEvent
from shared.observations.domain.entry import NO_SCORE
from shared.observations.domain.observation import KINDS, Score
from shared.observations.messages import ObservationRecorded
from shared.observations.usecases.interpret import LEXICAL, LOW_CONFIDENCE, UNTRUSTED_SCORER, Body, Seen, notices, seen
from shared.platform.usecases.tombstones import Erased
from shared.ports.acceptance import Acceptance, CommitThenPublish
from shared.ports.ambient import Clock, Log
from shared.ports.documents import (
    DELETE_FIELD,
    AlreadyExists,
    Create,
    Documents,
    DocumentTooLarge,
    Merge,
    PreconditionFailed,
    Put,
    Write,
)
from shared.ports.messages import Bus, Message, TaskQueue
from shared.ratings.domain.explanation import explain, points
from shared.ratings.domain.gaps import Recommendation, recommendations
from shared.ratings.domain.projection import Projection, rate_together
from shared.ratings.domain.retention import retain
from shared.ratings.domain.skill_rating import SkillRating
from shared.ratings.usecases.employee_state import EmployeeState, RememberedStates

TOPIC = "observation-recorded"
WAITS: Mapping[str, str] = {
    LEXICAL: "counted words, which a person must confirm",
    LOW_CONFIDENCE: "the analysis is unsure of it",
    UNTRUSTED_SCORER: "this scorer has agreed with people too little on this competency",
}
"""Why a score waits for a person, in words."""
CLOCK_SKEW = timedelta(minutes=5)
EARLIEST_YEAR = 2000
COLLECT_ABOVE = 700_000
"""Bytes of a state above which what no rating can need is collected before a merge (a document holds one MiB)."""
MOST_BATCH_BYTES = 8_000_000
MOST_BATCH_WRITES = 450


@dataclass(frozen=True, slots=True)
class Recorded:
    """One event's outcome.

    answer, text:          in the contract's shape, and the same as JSON
    message, message_text: what the topic carries, likewise
    """

    status: int
    answer: dict[str, Any]
    text: str
    message: dict[str, Any]
    message_text: str


@dataclass(slots=True)
class _Person:
    """An employee's state while events are being added to it.

    late: something came that is no newest event of its own, or may have come before
    """

    employee_id: str
    framework: Framework
    version: str
    state: EmployeeState
    collected: bool
    late: bool = False


class RecordEvents:
    """Accepts events about people (see the module)."""

    def __init__(
        self,
        documents: Documents,
        bus: Bus,
        tasks: TaskQueue,
        configuration: Configuration,
        clock: Clock,
        log: Log,
        acceptance: Acceptance | None = None,
    ) -> None:
        """acceptance: over the same documents and bus; one after the other unless given"""
        self._documents = documents
        self._bus = bus
        self._acceptance = acceptance or CommitThenPublish(documents, bus)
        self._tasks = tasks
        self._configuration = configuration
        self._clock = clock
        self._log = log
        self._remembered = RememberedStates()
        self._erased = Erased(documents)

    def one(self, body: Body, raw: Mapping[str, Any], caller: Caller) -> Recorded:
        """Records one event and publishes it. Raises Rejected (nothing is recorded), Retryable (send it again)."""
        return self._record(body, raw, caller, publish=True)

    def several(
        self, items: Sequence[tuple[Body, Mapping[str, Any]] | Rejected], caller: Caller
    ) -> list[Recorded | Rejected]:
        """Records a list, one outcome per item in the list's order; an item that was rejected before stays so.

        Items are committed per employee, cut by bytes. When a part cannot be stored the whole call is Retryable:
        sending the list again is harmless.
        """
        outcomes: list[Recorded | Rejected | None] = [item if isinstance(item, Rejected) else None for item in items]
        groups: dict[str, list[int]] = {}
        for index, item in enumerate(items):
            if not isinstance(item, Rejected):
                groups.setdefault(item[0].employee_id, []).append(index)
        states = self._documents.get_many([f"states/{employee_id}" for employee_id in groups])
        for employee_id, indexes in groups.items():
            state = states.get(f"states/{employee_id}")
            batch = [(index, items[index]) for index in indexes]
            for index, outcome in self._record_of_one_person(employee_id, state, batch, caller):
                outcomes[index] = outcome
        self._publish([outcome for outcome in outcomes if isinstance(outcome, Recorded)])
        return [outcome for outcome in outcomes if outcome is not None]

    # One event

    def _record(self, body: Body, raw: Mapping[str, Any], caller: Caller, *, publish: bool) -> Recorded:
        now = self._clock.now()
        person = self._person(body.employee_id, self._documents.get(f"states/{body.employee_id}"))
        event = self._meaning(body, raw, person.framework, now)
        self._collect(person)
        recorded, writes = self._prepare(person, event, body, now, caller)
        try:
            if publish:
                self._acceptance.accept(writes, TOPIC, [_published(recorded)])
            else:
                self._documents.commit(writes)
        except AlreadyExists:
            recorded = self._known(event)
            if publish:
                self._publish([recorded])
        except DocumentTooLarge:
            raise TooLarge(
                "the event cannot be stored: an event with its answer, and everything that still matters about one "
                "person, may each have about one million bytes; send less in fields that the contract does not know",
                field="body",
            ) from None
        self._remembered.keep(person.employee_id, person.state)
        self._after(person, [event])
        return recorded

    def _record_of_one_person(
        self, employee_id: str, state: Any, batch: Sequence[tuple[int, Any]], caller: Caller
    ) -> list[tuple[int, Recorded | Rejected]]:
        now = self._clock.now()
        outcomes: list[tuple[int, Recorded | Rejected]] = []
        pending: list[tuple[int, Body, Mapping[str, Any], Recorded]] = []
        writes: list[Write] = []
        entries: dict[str, str] = {}
        size = 0
        try:
            person = self._person(employee_id, state)
        except Rejected as error:
            return [(index, error) for index, _ in batch]
        self._collect(person)
        known = self._documents.get_many([f"events/{seen(*item).event_id}" for _, item in batch])
        in_this_list: dict[str, tuple[str, int]] = {}
        repeated: list[tuple[int, Seen]] = []
        taken: list[Seen] = []

        def flush() -> None:
            nonlocal size
            if not pending:
                return
            merge = Merge(f"states/{employee_id}", {"observations": dict(entries)})
            try:
                self._documents.commit([*writes, merge])
                outcomes.extend((index, recorded) for index, _, _, recorded in pending)
            except (AlreadyExists, DocumentTooLarge):
                # Somebody recorded one of them meanwhile, or one is too large; one by one each finds out for itself.
                for index, body, raw, _ in pending:
                    try:
                        outcomes.append((index, self._record(body, raw, caller, publish=False)))
                    except Rejected as error:
                        outcomes.append((index, error))
            pending.clear()
            writes.clear()
            entries.clear()
            size = 0

        for index, (body, raw) in batch:
            try:
                event = self._meaning(body, raw, person.framework, now)
                if event.event_id in in_this_list:
                    if in_this_list[event.event_id][0] != event.content_hash:
                        raise _other_content(event)
                    repeated.append((index, event))
                    continue
                document = known.get(f"events/{event.event_id}")
                if document is not None:
                    outcomes.append((index, self._again(event, document.data)))
                    taken.append(event)
                    person.late = True
                    continue
                recorded, item_writes = self._prepare(person, event, body, now, caller)
            except Rejected as error:
                outcomes.append((index, error))
                continue
            in_this_list[event.event_id] = (event.content_hash, index)
            taken.append(event)
            for write in item_writes:
                if isinstance(write, Merge):
                    entries.update(write.data["observations"])
                else:
                    writes.append(write)
            pending.append((index, body, raw, recorded))
            size += 3 * len(json.dumps(recorded.text)) + len(json.dumps(raw))
            if size > MOST_BATCH_BYTES or len(writes) > MOST_BATCH_WRITES:
                flush()
        flush()
        self._remembered.keep(employee_id, person.state)
        self._after(person, taken)
        for index, event in repeated:
            try:
                outcomes.append((index, self._known(event)))
            except Rejected as error:
                outcomes.append((index, error))
        return outcomes

    def _meaning(self, body: Body, raw: Mapping[str, Any], framework: Framework, now: datetime) -> Seen:
        untrusted = {(one.scorer, one.competency) for one in self._configuration.parameters().untrusted}
        event = seen(body, raw, untrusted, framework.competency_named)
        if event.occurred_at > now + CLOCK_SKEW:
            name = (
                "timestamp"
                if not isinstance(body, LearningActivity)
                else ("completed_at" if body.completed_at else "started_at")
            )
            raise Rejected(
                f"{name}: {event.occurred_at.isoformat()} is in the future, "
                f"now being {now.isoformat(timespec='seconds')}; at most 5 minutes ahead are accepted",
                field=name,
            )
        if event.occurred_at.year < EARLIEST_YEAR:
            raise Rejected(f"timestamp: {event.occurred_at.isoformat()} is before {EARLIEST_YEAR}", field="timestamp")
        return event

    def _person(self, employee_id: str, state: Any) -> _Person:
        if state is None:
            if self._erased.tombstone(employee_id):
                raise ErasedPerson(
                    "employee_id: this person has been erased; nothing about them is taken in, and this input is not "
                    "kept either",
                    field="employee_id",
                )
            raise Rejected(
                f"employee_id: {employee_id!r} is not known; import the person first "
                f"(POST /api/v1/employees/import or PUT /api/v1/employees/{employee_id})",
                field="employee_id",
            )
        framework = self._configuration.framework(state.data["framework_id"])
        return _Person(
            employee_id,
            framework,
            state.version,
            self._remembered.take(employee_id, state.data.get("observations", {})),
            bool(state.data.get("collected")),
        )

    def _prepare(
        self, person: _Person, event: Seen, body: Body, now: datetime, caller: Caller
    ) -> tuple[Recorded, list[Write]]:
        """The answer and the writes of one event; the person's entries then include it."""
        framework, observation = person.framework, event.observation
        key, text = observation.entry()
        effective = person.state.effective
        first_seen = effective.first_seen(KINDS.index(observation.kind), observation.source, observation.source_id)
        if person.collected and not person.late:
            newest = max(effective.newest().values(), default=None)
            person.late = first_seen is not None or (newest is not None and observation.at <= newest[0])
        if first_seen not in (None, observation.at) and observation.kind != "learning":
            first = datetime.fromtimestamp(first_seen or 0, tz=now.tzinfo).isoformat()
            raise Conflict(
                f"timestamp: {observation.source} {observation.source_id} was first recorded at {first}; "
                "a correction cannot move it",
                field="timestamp",
            )
        named = {score.competency: framework.competency_named(score.competency) for score in observation.scores}
        skills = _skills_of_event(event, named, framework)
        as_of = int(now.timestamp()) // SECONDS_PER_DAY
        parameters = self._configuration.parameters()
        earlier = person.state.projection(framework, parameters, as_of)
        person.state.add(key, text)
        then = person.state.projection(framework, parameters, as_of)
        rate_together([earlier, then], skills)
        before = {skill: earlier.row(*skill) for skill in skills}
        after = {skill: then.row(*skill) for skill in skills}

        held = [
            {
                "held_id": digest("held", event.event_id, competency),
                "competency": competency,
                "reason": f"{framework.name} has no competency {competency!r}; an administrator decides what it means",
            }
            for competency, name in named.items()
            if name is None
        ]
        waiting = [
            {
                "held_id": digest("review", event.event_id, score.competency),
                "competency": score.competency,
                "reason": f"{WAITS[reason]}: it counts once a person has confirmed or corrected it",
            }
            for score, reason in event.waiting
        ]
        recommended = recommendations(
            then,
            list(after.values()),
            but_not=event.facts.get("scenario_id"),
        )
        answer = _answer(event, body, then, skills, before, after, recommended)
        answer |= {
            "duplicate": False,
            "held": held + waiting,
            "notices": notices(body, event.payload),
            "unrecognised_fields": body.unrecognised,
        }
        message = _message(event, person, named, now)
        answer_text, message_text = _json(answer), _json(message)
        document = {
            "event_id": event.event_id,
            "employee_id": event.employee_id,
            "entry": text,
            "framework_id": framework.framework_id,
            "kind": observation.kind,
            "source": observation.source,
            "source_id": observation.source_id,
            "activity": observation.activity,
            "standing": observation.standing,
            "competencies": sorted({name or word for word, name in named.items()}),
            "occurred_at": event.occurred_at,
            "received_at": now,
            "content_hash": event.content_hash,
            "recorded_by": caller.email,
            "payload": _json(event.payload),
            "answer": answer_text,
            "message": message_text,
        }
        writes: list[Write] = [Create(f"events/{event.event_id}", document)]
        writes += [
            Put(
                f"held_scores/{item['held_id']}",
                {
                    "held_id": item["held_id"],
                    "employee_id": event.employee_id,
                    "event_id": event.event_id,
                    "framework_id": framework.framework_id,
                    "competency": item["competency"],
                    "state": "open",
                    "held_at": now,
                },
            )
            for item in held
        ]
        writes.append(Merge(f"states/{event.employee_id}", {"observations": {key: text}}))
        return Recorded(201, answer, answer_text, message, message_text), writes

    # Known events

    def _known(self, event: Seen) -> Recorded:
        document = self._documents.get(f"events/{event.event_id}")
        if document is None:
            raise Retryable("the event was being recorded by another request")
        return self._again(event, document.data)

    def _again(self, event: Seen, document: Mapping[str, Any]) -> Recorded:
        """The first answer, if the content is the same. The message goes out again: the first may have been lost."""
        if document["content_hash"] != event.content_hash:
            raise _other_content(event)
        answer = {**json.loads(document["answer"]), "duplicate": True}
        return Recorded(200, answer, _json(answer), json.loads(document["message"]), document["message"])

    # State upkeep

    def _collect(self, person: _Person) -> None:
        """Collects what no rating can need from a large state, before it grows beyond a document."""
        if person.state.size < COLLECT_ABOVE:
            return
        kept = retain(person.state.entries, person.framework)
        gone = person.state.entries.keys() - kept.keys()
        if not gone:
            return
        change = {"observations": dict.fromkeys(gone, DELETE_FIELD), "collected": True}
        try:
            self._documents.commit([Merge(f"states/{person.employee_id}", change, if_version=person.version)])
        except PreconditionFailed:
            raise Retryable("the employee's state changed meanwhile") from None
        self._log.event(LogEvent.STATE_COLLECTED, entries=len(gone))
        person.state = EmployeeState(kept)
        person.collected = True

    def _after(self, person: _Person, events: Sequence[Seen]) -> None:
        """A late event, or a correction, may need entries that were collected: rebuild the state from the ledger.
        What comes in order of time needs none of them.

        Asked for when the events are in the ledger, and for known ones again: whoever recorded them may have died
        before asking.
        """
        if not person.collected or not person.late or not events:
            return
        self._tasks.enqueue(
            "recalculation",
            "recalculate_shard",
            {"employee_ids": [person.employee_id], "from_ledger": True},
            name=digest("rebuild", person.employee_id, *sorted(event.event_id for event in events)),
        )

    def _publish(self, recorded: Sequence[Recorded]) -> None:
        if recorded:
            self._bus.publish(TOPIC, [_published(item) for item in recorded])


def _published(recorded: Recorded) -> Message:
    return Message(recorded.message, {"employee_id": recorded.message["employee_id"]}, recorded.message_text)


def _json(value: Mapping[str, Any]) -> str:
    """A value that is only ever read whole, as text: a store limits the depth of what it takes apart."""
    return orjson.dumps(value).decode()


def _other_content(event: Seen) -> Conflict:
    return Conflict(
        "an event of this id was recorded with other content; ids are for one event only, and a correction needs an "
        "id of its own (for a field observation also the same source_id)",
        field="event_id",
    )


def _skills_of_event(event: Seen, named: Mapping[str, str | None], framework: Framework) -> list[tuple[str, str]]:
    """The skills that an event's answer reports: each score's own contexts, the fullest, then the general skill."""
    found: dict[tuple[str, str], None] = {}
    for score in event.observation.scores:
        competency = named[score.competency]
        if competency is None:
            continue
        for context in index_of(framework).skills_about(score.context):
            found[(competency, encode_skill(context))] = None
    return list(found)


def _answer(
    event: Seen,
    body: Body,
    then: Projection,
    skills: Sequence[tuple[str, str]],
    before: Mapping[tuple[str, str], SkillRating],
    after: Mapping[tuple[str, str], SkillRating],
    recommended: Sequence[Recommendation],
) -> dict[str, Any]:
    if isinstance(body, LearningActivity):
        return _learning_answer(event, body, skills, after, recommended)
    updates = [_update(skill, before[skill], after[skill], then.left_out(*skill)) for skill in skills]
    activities = [
        {
            "activity_type": item.scenario.activity_type,
            "scenario_id": item.scenario.scenario_id,
            "title": item.scenario.title,
            "reason": item.reason,
        }
        for item in recommended
    ]
    identity = (
        {"validation_id": event.public_id}
        if isinstance(body, ValidationEvent)
        else {"observation_id": event.public_id, "standing": event.observation.standing}
    )
    return {
        **identity,
        "employee_id": event.employee_id,
        "skill_updates": updates,
        "next_recommended_activities": activities,
    }


def _context(encoded: str) -> dict[str, str] | None:
    return dict(decode_skill(encoded)) or None


def _update(
    skill: tuple[str, str], before: SkillRating, after: SkillRating, left_out: Mapping[str, int]
) -> dict[str, Any]:
    return {
        "competency": skill[0],
        "context": _context(skill[1]),
        "previous_rating": None if before.stale else points(before.rating),
        "new_rating": points(after.rating),
        "preliminary_rating": points(after.preliminary),
        "interval": None if after.low is None else [points(after.low), points(after.high)],
        "confidence": after.confidence,
        "status": after.status,
        "trend": after.trend,
        "explanation": explain(after, left_out),
    }


def _learning_answer(
    event: Seen,
    body: LearningActivity,
    skills: Sequence[tuple[str, str]],
    after: Mapping[tuple[str, str], SkillRating],
    recommended: Sequence[Recommendation],
) -> dict[str, Any]:
    impact = []
    reasons = {(item.competency, encode_skill(item.context)): item.reason for item in recommended}
    for skill in skills:
        row = after[skill]
        # A learning answer calls a baseline "low", where a profile, which waits for evidence, says "unknown".
        confidence = "low" if row.rating is None and row.preliminary is not None else row.confidence
        advice = reasons.get(skill) or (
            "Nothing is missing: the skill is validated"
            if row.status == "validated"
            else "Practise to validate the learning"
        )
        impact.append(
            {
                "competency": skill[0],
                "context": _context(skill[1]),
                "current_rating": points(row.rating),
                "preliminary_rating": points(row.preliminary),
                "confidence": confidence,
                "recommendation": advice,
            }
        )
    done = body.completed_at is not None or body.completion_percentage >= 100
    return {
        "activity_id": event.public_id,
        "employee_id": event.employee_id,
        "status": "completed" if done else "in_progress",
        "skill_impact": impact,
        "next_steps": [
            {
                "activity_type": item.scenario.activity_type,
                "scenario": item.scenario.scenario_id,
                "title": item.scenario.title,
                "reason": f"Validate learning from {body.activity_type.replace('_', ' ')}: "
                f"{item.reason[0].lower()}{item.reason[1:]}",
            }
            for item in recommended
        ],
    }


def _message(event: Seen, person: _Person, named: Mapping[str, str | None], now: datetime) -> dict[str, Any]:
    observation = event.observation
    fact = {
        "event_id": event.event_id,
        "employee_id": event.employee_id,
        "framework_id": person.framework.framework_id,
        "kind": observation.kind,
        "source": observation.source,
        "source_id": observation.source_id,
        "activity": observation.activity,
        "occurred_at": event.occurred_at,
        "received_at": now,
        "human": observation.human,
        "analysis": observation.analysis,
        "standing": observation.standing,
        "scores": [_scored(score, event, person.framework) for score in observation.scores],
        "waiting": [_scored(score, event, person.framework, reason) for score, reason in event.waiting],
        **event.facts,
    }
    return ObservationRecorded.model_validate(fact).model_dump(mode="json")


def _scored(score: Score, event: Seen, framework: Framework, waits: str | None = None) -> dict[str, Any]:
    named = framework.competency_named(score.competency)
    return {
        "competency": named or score.competency,
        "score": None if score.hundredths == NO_SCORE else score.hundredths / 100,
        "known": named is not None,
        "context": {d: list(values) for d, values in index_of(framework).mapped(score.context)},
        "confidence": event.confidences.get(score.competency),
        "waits": waits,
    }
