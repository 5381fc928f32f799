"""Lists scores of competencies that a framework does not know, and takes in what an administrator makes of them.

The score is in the employee's state already, under the word that the integration sent. As soon as the framework knows
the word, as a competency or as an alias, the rating includes it; nothing has to be sent again.
"""

from __future__ import annotations

from dataclasses import dataclass

from shared.frameworks.usecases.configuration import Configuration
from shared.intake.records import UnmappedRecords, UnmappedScore
from shared.kernel.access import Caller, require
from shared.kernel.errors import Conflict, NotFound, Rejected
from shared.kernel.pages import Page, Position
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.taxonomy.contract import HeldDecision, HeldItem
from shared.taxonomy.usecases.change_skills import ChangeSkills
from shared.taxonomy.usecases.follow_publication import FollowPublication

PAGE = 100
MOST_LOOKED_AT = 500
"""Items whose words are shown together."""


@dataclass(frozen=True, slots=True)
class UnmappedWord:
    """A word that means nothing in a framework yet, with its scores, the newest first."""

    framework_id: str
    word: str
    scores: tuple[UnmappedScore, ...]


class UnmappedScores:
    """Lists and decides."""

    def __init__(
        self,
        records: UnmappedRecords,
        configuration: Configuration,
        skills: ChangeSkills,
        following: FollowPublication,
        audit: Audit,
    ) -> None:
        self._records = records
        self._configuration = configuration
        self._skills = skills
        self._following = following
        self._audit = audit

    def page(self, caller: Caller, *, limit: int = 50, after: Position | None = None) -> Page[HeldItem]:
        """Returns open items, the newest first. A word that has become known closes by itself. Raises Forbidden."""
        require(caller, "operations.read")
        found = self._open(limit, after)
        return Page(tuple(_shown(item) for item in found.items), found.next)

    def words(self, caller: Caller) -> tuple[UnmappedWord, ...]:
        """Returns the words that wait, of the newest items, those first that were last sent. Raises Forbidden."""
        require(caller, "operations.read")
        items: list[UnmappedScore] = []
        after: Position | None = None
        while len(items) < MOST_LOOKED_AT:
            page = self._open(PAGE, after)
            items += page.items
            after = page.next
            if after is None:
                break
        found: dict[tuple[str, str], list[UnmappedScore]] = {}
        for item in items:
            found.setdefault((item.framework_id, item.competency), []).append(item)
        return tuple(UnmappedWord(*key, tuple(of_word)) for key, of_word in found.items())

    def _open(self, limit: int, after: Position | None) -> Page[UnmappedScore]:
        found = self._records.open(limit=limit, after=after)
        items = []
        for item in found.items:
            if self._configuration.framework(item.framework_id).competency_named(item.competency):
                self._records.decided(item, "known")
            else:
                items.append(item)
        return Page(tuple(items), found.next)

    def decide(self, held_id: str, decision: HeldDecision, caller: Caller) -> HeldItem:
        """Reads the word as a known competency (for every event that used it), or dismisses this item.

        Raises NotFound, Rejected, Conflict.
        """
        require(caller, "operations.write")
        item = self._records.get(held_id)
        if item is None:
            raise NotFound(f"no score is held as {held_id[:64]!r}", field="held_id")
        if item.state != "open":
            raise Conflict(f"this has been decided already: {item.state}")
        if decision.decision == "dismiss":
            action = AuditAction.HELD_SCORE_DISMISSED
            decided = item.changed(state="dismissed")
        else:
            action = AuditAction.HELD_SCORE_ALIASED
            decided = item.changed(state="aliased")
            self._alias(item, decision.competency or "", caller)
        self._audit.record(caller, action, subject=item.employee_id, detail=item.competency)
        self._records.decided(item, decided.state)
        return _shown(decided)

    def dismiss(self, caller: Caller, framework_id: str, word: str) -> int:
        """Dismisses every score that waits under a word, at once; returns how many there were. Raises Forbidden."""
        require(caller, "operations.write")
        waiting = [one for one in self.words(caller) if (one.framework_id, one.word) == (framework_id, word)]
        scores = [score for one in waiting for score in one.scores]
        if scores:
            people = [score.employee_id for score in scores]
            self._audit.record_about(caller, AuditAction.HELD_SCORE_DISMISSED, people, detail=word)
            self._records.all_decided(scores, "dismissed")
        return len(scores)

    def _alias(self, item: UnmappedScore, competency: str, caller: Caller) -> None:
        framework = self._configuration.framework(item.framework_id, fresh=True)
        target = framework.competency_named(competency)
        if target is None:
            known = ", ".join(framework.by_competency)
            raise Rejected(f"competency: {competency!r} is none of {known}", field="competency")
        meaning = framework.competency_named(item.competency)
        if meaning not in (None, target):
            raise Conflict(f"{item.competency!r} has become known meanwhile: it means {meaning}")
        if meaning is None:
            self._skills.add_alias(item.framework_id, target, item.competency, caller)
        else:
            # Perhaps by this very decision, whose process died before it was done.
            self._following.finish(item.framework_id)


def _shown(item: UnmappedScore) -> HeldItem:
    return HeldItem(
        held_id=item.held_id,
        employee_id=item.employee_id,
        event_id=item.event_id,
        competency=item.competency,
        state=item.state,
        held_at=item.held_at,
    )
