"""Rates the members of a shard: all at once where their data can be read, else one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.days import day_of
from shared.kernel.errors import Retryable
from shared.observations.state_records import States, StoredState
from shared.ports.documents import Documents
from shared.ports.messages import Message
from shared.ratings.domain.batch_rating import profiles
from shared.ratings.domain.projection import project
from shared.ratings.messages import ShardTask
from shared.ratings.usecases.ground import Ground, RatedState
from shared.ratings.usecases.rebuild_state import RebuildState, due_for_rebuild, repaired_in
from shared.ratings.usecases.skill_facts import snapshot
from shared.ratings.usecases.update_rating import Outcome, UpdateRatings


@dataclass(frozen=True, slots=True)
class Member:
    """One of a shard. position: in the task's list; rebuilt: from the ledger, asked for or for their night; repaired:
    this run found their state to differ from the ledger, and mended it. rated: None for who is rated alone"""

    position: int
    state: StoredState
    rebuilt: bool
    repaired: bool
    rated: RatedState | None = None


class RateMembers:
    """Rates and publishes employees, from the states that a shard read at once."""

    def __init__(
        self, documents: Documents, rebuilding: RebuildState, ratings: UpdateRatings, configuration: Configuration
    ) -> None:
        self._states = States(documents)
        self._rebuilding = rebuilding
        self._ratings = ratings
        self._configuration = configuration

    def begin(self) -> None:
        """Forgets what is configured: a run follows the publication of rules within seconds."""
        self._configuration.forget()

    def current(self, position: int, state: StoredState, task: ShardTask, now: datetime) -> Member | None:
        """Returns who is to be rated, with the state to rate, rebuilt if asked; None when there is nobody any more."""
        if not (task.from_ledger or (task.nightly and due_for_rebuild(state.employee_id, day_of(now)))):
            return Member(position, state, False, repaired_in(state, task.run_id))
        rebuilt = self._rebuilding.rebuild(state.employee_id, task.run_id)
        return None if rebuilt is None else Member(position, rebuilt.state, True, rebuilt.repaired)

    def together(self, members: Sequence[Member], now: datetime) -> list[Member]:
        """Returns the members with what they are rated, each with the others of their framework."""
        found = list(members)
        by_framework: dict[str, list[int]] = {}
        for number, member in enumerate(members):
            by_framework.setdefault(member.state.framework_id, []).append(number)
        parameters, today = self._configuration.parameters(), day_of(now)
        for framework_id, numbers in by_framework.items():
            try:
                framework = self._configuration.framework(framework_id)
                entries = [members[number].state.entries.values() for number in numbers]
                for number, profile in zip(numbers, profiles(entries, framework, parameters, today), strict=True):
                    stamp = members[number].state.stamp
                    rated = RatedState(stamp, framework, parameters, today, profile.rows(), profile.text())
                    found[number] = replace(members[number], rated=rated)
            except Retryable:
                raise
            except Exception:
                # One whose data cannot be read, or whose framework: each will tell for itself.
                continue
        return found

    def update(self, member: Member, task: ShardTask) -> tuple[Member, Outcome] | None:
        """Writes and publishes one member's ratings: who they are now, with the state that the ratings rest on, and
        the outcome; None when there is nobody any more."""
        try:
            outcome = self._update(member, task)
        except Retryable:
            raise
        except Exception:
            if member.rebuilt or not task.nightly:
                raise
            # What cannot be read may be mended at once: it need not wait for its own night.
            mended = self._rebuilding.rebuild(member.state.employee_id, task.run_id)
            if mended is None:
                return None
            member = Member(member.position, mended.state, True, mended.repaired)
            outcome = self._update(member, task)
        if outcome.outdated:
            # An event came meanwhile. Under its revision only what it made may be shown.
            newer = self._states.get(member.state.employee_id) or member.state
            member = replace(member, state=newer, rated=None)
        return member, outcome

    def snapshot(self, member: Member, revision: int, now: datetime) -> Message:
        """Returns the message of all of a member's skills today, as others see them. revision: of what they are told"""
        state = self._ratings.without_closed(member.state)
        framework, parameters = self._configuration.framework(state.framework_id), self._configuration.parameters()
        ground = Ground(state, framework, parameters, now)
        if state is member.state and member.rated is not None and member.rated.rests_on(ground):
            return snapshot(ground, revision, member.rated.rows)
        return snapshot(ground, revision, project(state.entries, framework, parameters, ground.today))

    def _update(self, member: Member, task: ShardTask) -> Outcome:
        return self._ratings.update_from(
            member.state, passing_of_time=not task.from_ledger, run_id=task.run_id, rated=member.rated
        )
