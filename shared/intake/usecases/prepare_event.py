"""Prepares an event for the ledger: its answer, its message, and what is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import orjson

from shared.frameworks.domain.framework import Framework
from shared.frameworks.domain.framework_index import index_of
from shared.frameworks.domain.unknown_values import undeclared, unknown_values
from shared.frameworks.usecases.configuration import Configuration
from shared.intake.records import SeenValue, UnmappedScore, unmapped_id
from shared.intake.usecases.alike_calls import AlikeCalls, calls_beside
from shared.intake.usecases.event_answer import Change, answer_again, answer_text
from shared.intake.usecases.event_message import message_again, message_of
from shared.intake.usecases.person_states import Person
from shared.intake.usecases.skill_updates import Skill, rows_about, skill_updates
from shared.intake.usecases.superseded import why_superseded
from shared.kernel.access import Caller
from shared.kernel.context import encode_skill
from shared.kernel.days import SECONDS_PER_DAY
from shared.kernel.errors import Conflict, Rejected
from shared.kernel.moments import milliseconds
from shared.observations.contract import FieldObservation, LearningActivity
from shared.observations.domain.effective_entries import EffectiveEntries
from shared.observations.domain.entry import FIELD, LEARNING, Entry, decode_entries
from shared.observations.domain.observation import KINDS, Kind
from shared.observations.domain.peoples_sources import BEHAVIOUR, EMPLOYER
from shared.observations.domain.public_id import GIVEN_AS
from shared.observations.records import GivenAnswer, LedgerEvent
from shared.observations.usecases.interpret import Interpreted, Sent, interpret, sent
from shared.ports.documents import Write
from shared.ports.messages import Message
from shared.ratings.domain.gaps import recommendations
from shared.ratings.domain.projection import Projection, rate_together

CLOCK_SKEW = timedelta(minutes=5)
EARLIEST_YEAR = 2000

Named = Mapping[str, str | None]
"""The sender's word to the competency that it means; None for an unknown one."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One event's outcome. status: 201, or 200 for a known event; text: the answer, as JSON"""

    status: int
    text: str
    message: Message

    @property
    def holds_back(self) -> bool:
        """Tells whether some scores do not count yet: nobody knows their competency, or a person has to look."""
        return bool(orjson.loads(self.text)["held"])


@dataclass(frozen=True, slots=True)
class Prepared:
    """A new event. writes: without the state's, which takes key → entry; unknown: values that nobody declares"""

    recorded: Recorded
    event: LedgerEvent
    writes: tuple[Write, ...]
    key: str
    entry: str
    unknown: tuple[SeenValue, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A new event that has been added to a person's entries. earlier, then: what the sender may see of
                those, without it and with it

    skills:     that it scores; others: rows of the profile that it may change besides
    superseded: why another about the same counts, in words; None where this one does
    beside:     calls of other sources that are perhaps the same; noticed: what was read otherwise than it was sent
    """

    sent: Sent
    event: Interpreted
    now: datetime
    framework: Framework
    key: str
    entry: str
    named: Named
    skills: Sequence[Skill]
    others: Sequence[Skill]
    earlier: Projection
    then: Projection
    superseded: str | None
    beside: Sequence[Entry]
    noticed: Sequence[str]

    @property
    def size(self) -> int:
        """Returns how much there is to rate, in uses of scores."""
        return int(self.then.scores.table.uses.shape[1])


class PrepareEvent:
    """Knows what an event means in the framework and under the parameters in force."""

    def __init__(self, configuration: Configuration, alike: AlikeCalls) -> None:
        self._configuration = configuration
        self._alike = alike

    def interpret(self, event: Sent, person: Person, now: datetime) -> Interpreted:
        """Returns what an event means. Raises Rejected for one from the future, or from before 2000."""
        untrusted = {(one.scorer, one.competency) for one in self._configuration.parameters().untrusted}
        found = interpret(event, untrusted, person.framework.competency_named, person.whose(event.body.employee_id))
        if found.occurred_at > now + CLOCK_SKEW:
            name = _time_field(event)
            raise Rejected(
                f"{name}: {found.occurred_at.isoformat()} is in the future, "
                f"now being {now.isoformat(timespec='seconds')}; at most 5 minutes ahead are accepted",
                field=name,
            )
        if found.occurred_at.year < EARLIEST_YEAR:
            raise Rejected(f"timestamp: {found.occurred_at.isoformat()} is before {EARLIEST_YEAR}", field="timestamp")
        _require_employer(event, person.framework)
        return found

    def draft(self, person: Person, sent: Sent, event: Interpreted, now: datetime, place: int = 0) -> Draft:
        """Adds a new event to the person's entries; `prepared` tells what becomes of it. Raises Conflict.

        place: in its request
        """
        framework, parameters = person.framework, self._configuration.parameters()
        event = _under_own_id(event, sent, person.state.effective)
        about = KINDS.index(event.observation.kind), event.observation.source, event.observation.source_id
        known = person.state.effective.about(*about)
        event, noticed = _at_first_time(event, known)
        _check_time(person, event, known, now)
        event, now = _received(event, known, now, place)
        observation = event.observation
        key, entry = observation.entry()
        named = {score.competency: framework.competency_named(score.competency) for score in observation.scores}
        as_of = int(now.timestamp()) // SECONDS_PER_DAY
        earlier = person.seen.projection(framework, parameters, as_of)
        person.add(key, entry)
        then = person.seen.projection(framework, parameters, as_of)
        skills, superseded = _skills_of(event, named, framework), why_superseded(person.state.effective, entry)
        changed = [*decode_entries([entry]), *([known] if known else [])]
        others = [skill for skill in rows_about(changed, earlier, then) if skill not in skills]
        beside = calls_beside(event, person.state.effective)
        return Draft(
            sent, event, now, framework, key, entry, named, skills, others, earlier, then, superseded, beside, noticed
        )

    def prepared(self, drafts: Sequence[Draft], caller: Caller) -> Iterator[Prepared]:
        """Yields what becomes of new events, each as of its own draft. The skills of all are rated at once: it costs
        little more than those of one."""
        rate_together(
            (when, [*draft.skills, *draft.others]) for draft in drafts for when in (draft.earlier, draft.then)
        )
        return (self._prepared(draft, caller) for draft in drafts)

    def _prepared(self, draft: Draft, caller: Caller) -> Prepared:
        event, framework, now = draft.event, draft.framework, draft.now
        observation = event.observation
        unmapped = {word: _unmapped(event, word, framework) for word, name in draft.named.items() if name is None}
        noticed = [*draft.noticed, *self._alike.notices(event, draft.beside)]
        text = answer_text(draft.sent, event, _change(draft, unmapped, noticed), draft.superseded)
        message = message_of(event, framework, now)
        written = LedgerEvent(
            event_id=event.event_id,
            employee_id=event.employee_id,
            entry=draft.entry,
            framework_id=framework.framework_id,
            kind=observation.kind,
            source=observation.source,
            source_id=observation.source_id,
            activity=observation.activity,
            standing=observation.standing,
            competencies=sorted({name or word for word, name in draft.named.items()}),
            occurred_at=event.occurred_at,
            received_at=now,
            content_hash=event.content_hash,
            recorded_by=caller.email,
            payload=orjson.dumps(draft.sent.raw).decode(),
            answer=text,
            message=message.text or "",
        )
        waiting = _unmapped_scores(event, framework, unmapped, now)
        recorded, unknown = Recorded(201, text, message), _undeclared(draft)
        return Prepared(recorded, written, (written.created(), *waiting), draft.key, draft.entry, unknown)

    def known(self, person: Person, sent: Sent, event: Interpreted, written: GivenAnswer) -> Recorded:
        """Returns the first answer, if the content is the same, and whether it still counts. The message goes out
        again: the first may have been lost. Raises Conflict."""
        effective = person.state.effective
        if not person.has(written):  # sent again under an id that is somebody else's by now
            raise other_content(event.observation.kind)
        if written.content_hash != event.content_hash and not _means_the_same(person, sent, event, written):
            raise other_content(event.observation.kind)
        void = written.voided.reason if written.voided else None
        superseded = None if void else why_superseded(effective, written.entry_with_receipt)
        return Recorded(200, answer_again(written.answer, event, superseded, void), message_again(written.message))


def _require_employer(event: Sent, framework: Framework) -> None:
    """Raises Rejected where somebody else than the employer scores a behaviour that was shown at work."""
    body = event.body
    if not isinstance(body, FieldObservation) or body.observation_source == EMPLOYER:
        return
    for place, score in enumerate(body.competency_scores):
        name = framework.competency_named(score.competency)
        if name is not None and framework.by_competency[name].category == BEHAVIOUR:
            field = f"competency_scores.{place}.competency"
            raise Rejected(
                f"{field}: {name} is a behaviour: the learner's employer verifies it, and nobody else "
                "(POST /api/v1/learning/verifications)",
                field=field,
            )


def _change(draft: Draft, unmapped: Mapping[str, tuple[str, str]], noticed: Sequence[str]) -> Change:
    """Returns what an event changes."""
    updates = skill_updates(draft.skills, draft.others, draft.earlier, draft.then)
    after = {skill: draft.then.row(*skill) for skill in draft.skills}
    recommended = recommendations(draft.then, list(after.values()), but_not=draft.event.facts.scenario_id)
    contexts = dict.fromkeys(score.context for score in draft.event.observation.scores)
    noticed = [*noticed, *unknown_values(contexts, draft.framework)]
    return Change(draft.skills, after, updates, recommended, unmapped, noticed)


def _undeclared(draft: Draft) -> tuple[SeenValue, ...]:
    """Returns the values of an event's contexts that the framework does not declare."""
    contexts = dict.fromkeys(score.context for score in draft.event.observation.scores)
    named, sender = draft.framework.framework_id, draft.event.observation
    source = sender.activity if sender.kind == "field" else sender.source
    return tuple(SeenValue(named, *pair, source) for pair in undeclared(contexts, draft.framework))


def _under_own_id(event: Interpreted, sent: Sent, effective: EffectiveEntries) -> Interpreted:
    """Returns the event under the sender's own id of the call, where that is known from before it named the recorder's,
    and a report of an activity under that of its reports of before: a correction must not become a second observation.
    """
    body, observation = sent.body, event.observation
    former = event.former_source_id
    if former is not None and effective.about(LEARNING, observation.source, former) is not None:
        return replace(event, observation=replace(observation, source_id=former))
    if not isinstance(body, FieldObservation) or observation.source == body.observation_source:
        return event
    if effective.about(FIELD, body.observation_source, body.source_id) is None:
        return event
    own = replace(observation, source=body.observation_source, source_id=body.source_id)
    return replace(event, observation=own)


def _at_first_time(event: Interpreted, known: Entry | None) -> tuple[Interpreted, list[str]]:
    """Returns the event at the time at which another source first reported the same recording, and says so: systems
    note a call's begin differently. Beyond a day it is left, and refused."""
    observation = event.observation
    if known is None or known.at == observation.at or known.activity == observation.activity:
        return event, []
    if observation.kind != "field" or abs(known.at - observation.at) > SECONDS_PER_DAY:
        return event, []
    at = datetime.fromtimestamp(known.at, UTC)
    notice = (
        f"timestamp: {observation.source} {observation.source_id} was first reported at {at.isoformat()}, which counts"
    )
    return replace(event, observation=replace(observation, at=known.at), occurred_at=at), [notice]


def _received(event: Interpreted, known: Entry | None, now: datetime, place: int) -> tuple[Interpreted, datetime]:
    """Returns the event with its receipt, and that moment: later than what is known about the same, whatever the clocks
    of two processes say."""
    received = milliseconds(now)
    if known is not None and known.received >= received:
        received = known.received + 1
        now = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=received)
    return replace(event, observation=replace(event.observation, received=received, place=place)), now


def _means_the_same(person: Person, repeated: Sent, event: Interpreted, written: GivenAnswer) -> bool:
    """Tells whether a recorded event of the same kind says the same of the same person, under whichever id of theirs;
    not of one that the contract does not read any more."""
    if written.payload is None:
        return False
    try:
        first = sent(type(repeated.body), orjson.loads(written.payload))
    except Rejected:
        return False
    ours = first.body.employee_id in person.stored.ids
    whose = person.whose(repeated.body.employee_id) if ours else None
    return event.meaning == interpret(first, whose=whose).meaning


def other_content(kind: Kind) -> Conflict:
    """Returns the error that an id is known with other content. What it advises makes no second observation of one."""
    if kind == "field":
        advice = (
            "send another analysis of the call under an observation_id of its own, with the same source_id, and it "
            "counts in place of this; if the person was wrong, make that event void first (POST /api/v1/voids)"
        )
    else:
        advice = (
            f"if this corrects it, make that event void (POST /api/v1/voids), then send this under a new "
            f"{GIVEN_AS[kind]}; only another event, beside that one, is sent under another id without a void"
        )
    return Conflict(f"an event of this id was recorded with other content: {advice}", field=GIVEN_AS[kind])


def _time_field(event: Sent) -> str:
    if not isinstance(event.body, LearningActivity):
        return "timestamp"
    return "completed_at" if event.body.completed_at else "started_at"


def _check_time(person: Person, event: Interpreted, known: Entry | None, now: datetime) -> None:
    """Notes whether the event is late for a collected state. Raises Conflict for a correction that moves it.

    known: what counts so far about the same
    """
    observation = event.observation
    if person.collected and not person.late:
        newest = max(person.state.effective.newest().values(), default=None)
        person.late = known is not None or (newest is not None and observation.at <= newest[0])
    if known is not None and known.at != observation.at and observation.kind != "learning":
        first = datetime.fromtimestamp(known.at, tz=now.tzinfo).isoformat()
        raise Conflict(
            f"timestamp: {observation.source} {observation.source_id} was first recorded at {first}; "
            "a correction cannot move it: make what was recorded void (POST /api/v1/voids), then send this under "
            f"{'an' if observation.kind == 'field' else 'a'} {GIVEN_AS[observation.kind]} that is new",
            field="timestamp",
        )


def _skills_of(event: Interpreted, named: Named, framework: Framework) -> list[Skill]:
    """Returns the skills that an event's answer reports: each score's own contexts, the fullest, then the general."""
    found: dict[Skill, None] = {}
    for score in event.observation.scores:
        competency = named[score.competency]
        if competency is None:
            continue
        for context in index_of(framework).skills_about(score.context):
            found[(competency, encode_skill(context))] = None
    return list(found)


def _unmapped(event: Interpreted, word: str, framework: Framework) -> tuple[str, str]:
    """Returns (id, reason) of a score under an unknown word."""
    why = f"{framework.name} has no competency {word!r}; an administrator decides what it means"
    return unmapped_id(event.event_id, word), why


def _unmapped_scores(
    event: Interpreted, framework: Framework, unmapped: Mapping[str, tuple[str, str]], now: datetime
) -> Iterator[Write]:
    for word, (held_id, _) in unmapped.items():
        yield UnmappedScore(
            held_id=held_id,
            employee_id=event.employee_id,
            event_id=event.event_id,
            framework_id=framework.framework_id,
            competency=word,
            state="open",
            held_at=now,
        ).written()
