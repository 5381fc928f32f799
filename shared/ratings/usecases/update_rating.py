"""Update ratings: from an employee's state to the published ratings.

The projection is written in one small transaction on the ratings document, with a revision and a list of what is
still to be published: the skills that changed, and the discrepancies between practice and field that began or ended.
Each delivery publishes all that is pending and then takes it off the list; a sweep catches what a crash left. A
projection of an older state, framework or parameters than the one that is there is refused.

Cost: two reads (state, ratings) and two writes (ratings, pending taken off), whatever the history.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared.frameworks.domain.framework import Framework
from shared.frameworks.domain.parameters import Parameters
from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.context import decode_skill
from shared.kernel.days import EPOCH, date_of, day_of, moment_of
from shared.kernel.errors import Retryable
from shared.ports.ambient import Clock, Log
from shared.ports.documents import DELETE_FIELD, Document, Documents, Merge, Put, Query, Transaction, Where
from shared.ports.messages import Bus, Message
from shared.ratings.domain import discrepancy, readiness
from shared.ratings.domain.explanation import points
from shared.ratings.domain.projection import Projection
from shared.ratings.domain.skill_rating import SkillRating, from_text, to_text
from shared.ratings.domain.weights import WEIGHTS_VERSION
from shared.ratings.messages import SkillChanged, SkillState
from shared.ratings.usecases import discrepancies

TOPICS = {"r": "skill-changed", "d": "discrepancy-changed"}
"""By the first letter of what is pending."""
SWEPT_AFTER = timedelta(minutes=2)
"""What has been pending for so long was left by a crash; younger entries may be on their way."""
SWEPT_WITHIN = timedelta(hours=1)

Pending = dict[str, dict[str, Any]]
_Projected = tuple[Projection, list[SkillRating], str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an update did: how much was published, the person's published revision, whether something changed, and
    whether the ratings rest on a newer state than the one that was given."""

    employee_id: str
    published: int
    revision: int
    changed: bool
    outdated: bool = False


@dataclass(frozen=True, slots=True)
class RatedState:
    """A profile that was worked out before: of the state of this version, by this framework and these parameters, on
    this day. text: the rows as skill_rating.to_text writes them"""

    state_version: str
    framework: Framework
    parameters: Parameters
    as_of: int
    rows: list[SkillRating]
    text: str

    def of(self, state: Document, framework: Framework, parameters: Parameters, as_of: int) -> bool:
        """Whether it is what these give."""
        return (self.state_version, self.framework, self.parameters, self.as_of) == (
            state.version,
            framework,
            parameters,
            as_of,
        )


class UpdateRatings:
    """Projects an employee's state and publishes what changed (see the module)."""

    def __init__(self, documents: Documents, bus: Bus, configuration: Configuration, clock: Clock, log: Log) -> None:
        self._documents = documents
        self._bus = bus
        self._configuration = configuration
        self._clock = clock
        self._log = log

    def update(self, employee_id: str) -> Outcome | None:
        """Rates an employee as of today and publishes what changed; None when there is no such employee.

        Raises Retryable: deliver the message again.
        """
        state = self._documents.get(f"states/{employee_id}")
        if state is None:
            return None
        return self.update_from(state, passing_of_time=False)

    def update_from(
        self,
        state: Document,
        *,
        passing_of_time: bool,
        fresh: bool = False,
        run_id: str | None = None,
        rated: RatedState | None = None,
    ) -> Outcome:
        """The same from a state already read.

        passing_of_time: nobody says that anything happened. Where state, framework and parameters are those of the
        ratings that are there, it was but a new day, and only changes of status, confidence, tier or discrepancy are
        published (the rest is in the daily snapshot), though all are written.
        run_id: the recalculation that asks: when it asks again, what it changed the first time is still a change.
        rated: what somebody has worked out before; used where it is of this state, day and configuration.
        """
        now = self._clock.now()
        framework = self._configuration.framework(state.data["framework_id"], fresh=fresh)
        parameters = self._configuration.parameters(fresh=fresh)
        employee_id = str(state.data["employee_id"])
        path = f"ratings/{employee_id}"
        today = day_of(now)
        entries = state.data.get("observations", {})
        projected: list[_Projected] = []

        def projection(before: Mapping[str, Any], known: Iterable[SkillRating]) -> _Projected:
            """All rows, and a projection of at least those skills that may have to be looked at more closely."""
            if rated is not None and rated.of(state, framework, parameters, today):
                shown = {row.key for row in rated.rows}
                closely = {row.key for row in rated.rows if row.discrepancy} | {row.key for row in known} - shown
                closely |= discrepancies.told_before(before).keys()
                return Projection(entries, framework, parameters, today, wanted=closely), rated.rows, rated.text
            if not projected:
                whole = Projection(entries, framework, parameters, today)
                rows = whole.rows()
                projected.append((whole, rows, to_text(rows)))
            return projected[0]

        def work(transaction: Transaction) -> tuple[Pending, int, bool, bool] | None:
            known = transaction.get(path)
            before = known.data if known else {}
            # Versions of one framework say nothing about those of another, which the person may have moved to.
            same_framework = before.get("framework_id") == framework.framework_id
            if (same_framework and before["framework_version"] > framework.version) or (
                before.get("parameters_version", 0) > parameters.version
            ):
                return None
            pending: Pending = dict(before.get("pending", {}))
            revision = int(before.get("revision", 0))
            basis = (before.get("framework_version"), before.get("parameters_version"), before.get("kernel_version"))
            same_basis = same_framework and basis == (framework.version, parameters.version, WEIGHTS_VERSION)
            changed_in_run = run_id is not None and before.get("changed_in") == run_id
            outdated = before.get("state_version", "") > state.version
            if outdated or before.get("as_of", 0) > today:
                return pending, revision, changed_in_run, outdated
            if same_basis and (before.get("state_version"), before.get("as_of")) == (state.version, today):
                # Another event of a burst has been here with this very state: nothing to rate again.
                return pending, revision, changed_in_run, False
            known_rows = from_text(before["skills"]) if same_framework else []
            whole, rows, text = projection(before, known_rows)
            same_ground = same_basis and before.get("state_version") == state.version
            only_time = passing_of_time and same_ground
            changed = _changed(known_rows, [*rows, *_vanished(known_rows, rows, whole)], only_time)
            standing = discrepancy.discrepancies(
                whole,
                rows,
                discrepancies.told_before(before) if same_framework else {},
                known_on=before["as_of"] if same_ground else None,
                collected=bool(state.data.get("collected")),
            )
            apart = discrepancies.changes(before, framework, standing, whole)
            if changed or apart:
                revision += 1
            if changed:
                fact = _fact(employee_id, framework, parameters, revision, now, rows, changed)
                pending[f"r{revision}"] = fact
            for change in apart:
                fact = discrepancies.fact(
                    change,
                    employee_id=employee_id,
                    revision=revision,
                    as_of=date_of(today) or EPOCH,
                    since=date_of(change.discrepancy.since) or EPOCH,
                    now=now,
                    parameters_version=parameters.version,
                )
                pending[f"d{revision}-{fact['discrepancy_id']}"] = fact
            document = {
                "employee_id": employee_id,
                "framework_id": framework.framework_id,
                "revision": revision,
                "as_of": today,
                "computed_at": now,
                "state_version": state.version,
                "framework_version": framework.version,
                "parameters_version": parameters.version,
                "kernel_version": WEIGHTS_VERSION,
                "readiness": readiness.overall(rows, framework),
                "core_validated": readiness.core_validated(rows, framework),
                "skills": text,
                "discrepancies": discrepancy.to_text(standing),
                "pending": pending,
                "changed_in": run_id if changed or apart else before.get("changed_in"),
            }
            transaction.write(Put(path, document))
            return pending, revision, bool(changed or apart), False

        result = self._documents.transact(work)
        if result is None:
            if fresh:
                raise Retryable("the published ratings rest on a newer configuration than can be read")
            return self.update_from(state, passing_of_time=passing_of_time, fresh=True, run_id=run_id, rated=rated)
        pending, revision, changed, outdated = result
        self._publish(employee_id, pending)
        return Outcome(employee_id, len(pending), revision, changed, outdated)

    def sweep(self) -> int:
        """Publishes what crashes of the last hour left pending; how many employees were helped.

        What is older is published with the employee's next update, at the latest by the nightly recalculation.
        """
        now = self._clock.now()
        found = self._documents.query(
            Query(
                "ratings",
                where=[Where("computed_at", ">=", now - SWEPT_WITHIN), Where("computed_at", "<=", now - SWEPT_AFTER)],
                fields=["pending", "employee_id"],
            )
        )
        left = [document.data for document in found if document.data.get("pending")]
        for data in left:
            self._publish(data["employee_id"], data["pending"])
        return len(left)

    def _publish(self, employee_id: str, pending: Mapping[str, Any]) -> None:
        if not pending:
            return
        ordered = sorted(pending.items(), key=lambda item: (int(item[1]["revision"]), item[0]))
        for letter, topic in TOPICS.items():
            messages = [Message(fact, {"employee_id": employee_id}) for key, fact in ordered if key[0] == letter]
            if messages:
                self._bus.publish(topic, messages)
        done = dict.fromkeys(pending, DELETE_FIELD)
        self._documents.commit([Merge(f"ratings/{employee_id}", {"pending": done})])


def skill_state(row: SkillRating) -> SkillState:
    """A projected row in the topic's contract."""
    return SkillState(
        competency=row.competency,
        context=dict(decode_skill(row.context)),
        current_rating=points(row.rating),
        preliminary_rating=points(row.preliminary),
        interval_low=points(row.low),
        interval_high=points(row.high),
        confidence=row.confidence,
        basis=row.basis,
        stale=row.stale,
        trend=row.trend,
        status=row.status,
        tier=readiness.tier(row.rating),
        field_observations=row.field,
        validation_events=row.validation,
        learning_activities=row.learning,
        held_observations=row.held,
        validated_on=date_of(row.validated_on),
        expires_on=date_of(row.expires_on),
        practice_rating=points(row.practice_rating),
        field_rating=points(row.field_rating),
        discrepancy=row.discrepancy,
        last_observed_at=moment_of(row.last_at),
        rule_version=row.rule_version,
    )


def _vanished(before: Iterable[SkillRating], after: Iterable[SkillRating], projection: Projection) -> list[SkillRating]:
    """Skills that the profile does not show any more (a correction took their last observation, or a combination of
    contexts is bygone), as they stand now: who follows the changes must learn that, too. Nobody is shown a discrepancy
    of a skill that is not shown."""
    shown = {row.key for row in after}
    return [projection.row(*row.key)._replace(discrepancy=False) for row in before if row.key not in shown]


def _changed(before: Iterable[SkillRating], after: Iterable[SkillRating], passing_of_time: bool) -> list[SkillRating]:
    """The rows that differ; with the mere passing of time only those whose status, confidence, tier or discrepancy
    does."""
    known = {row.key: row for row in before}

    def differs(row: SkillRating) -> bool:
        old = known.get(row.key)
        if old is None:
            return row.basis != "none" or row.held > 0
        if passing_of_time:
            return _lasting(old) != _lasting(row)
        return old._replace(validated_on=None, expires_on=None) != row._replace(validated_on=None, expires_on=None)

    return [row for row in after if differs(row)]


def _lasting(row: SkillRating) -> tuple[Any, ...]:
    return row.status, row.confidence, readiness.tier(row.rating), row.discrepancy


def _fact(
    employee_id: str,
    framework: Framework,
    parameters: Parameters,
    revision: int,
    now: datetime,
    rows: Iterable[SkillRating],
    changed: Iterable[SkillRating],
) -> dict[str, Any]:
    as_of = date_of(day_of(now)) or EPOCH
    return SkillChanged(
        employee_id=employee_id,
        framework_id=framework.framework_id,
        revision=revision,
        as_of=as_of,
        changed_at=now,
        framework_version=framework.version,
        parameters_version=parameters.version,
        kernel_version=WEIGHTS_VERSION,
        overall_readiness=points(readiness.overall(rows, framework)) or 0,
        skills=[skill_state(row) for row in changed],
    ).model_dump(mode="json")
