"""Decides what a person's published ratings become, from what they rest on and what was published before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.platform.domain.change import About
from shared.ratings.domain import readiness
from shared.ratings.domain.contexts import works_in
from shared.ratings.domain.discrepancy import to_text as discrepancies_to_text
from shared.ratings.domain.head import Head, head_of
from shared.ratings.domain.likely_ready import chances_of
from shared.ratings.domain.projection import Projection
from shared.ratings.domain.skill_rating import SkillRating
from shared.ratings.domain.weights import WEIGHTS_VERSION
from shared.ratings.messages import Sight
from shared.ratings.records import Facts, PublishedHead, PublishedRatings
from shared.ratings.told_records import Told, ToldOthers
from shared.ratings.usecases.ground import Ground, RatedState
from shared.ratings.usecases.next_told import Before, NextTold, Profile, next_told


@dataclass(frozen=True, slots=True)
class Decided:
    """Says what ratings become. written: None where they stay; changed: something did, also earlier in the same run

    about:    what whoever keeps a copy of the profile is told of; nothing where a day has passed and no more
    moved:    places in which the person was not seen before, or is seen no longer
    outdated: the ratings rest on a newer state than the one that was given
    days_ahead: of the ratings that were there, made by a clock of the future, and are void; else 0
    told_others: the revision of what others are told
    """

    written: PublishedRatings | None
    pending: Facts
    revision: int
    told_others: int
    changed: bool
    outdated: bool = False
    about: tuple[About, ...] = ()
    moved: frozenset[str] = frozenset()
    days_ahead: int = 0


def days_ahead(before: PublishedRatings | None, ground: Ground) -> int:
    """Returns by how many days a wrong clock was ahead that made ratings; 0 for a right one: at midnight another
    instance is a day ahead, and no more."""
    ahead = 0 if before is None else before.as_of - ground.today
    return ahead if ahead > 1 else 0


class NextRatings:
    """Decides for one person.

    passing_of_time: nobody says that anything happened (see UpdateRatings.update_from)
    run_id:          the recalculation that asks
    rated:           what somebody has worked out before
    """

    def __init__(self, ground: Ground, *, passing_of_time: bool, run_id: str | None, rated: RatedState | None) -> None:
        self._ground = ground
        self._passing_of_time = passing_of_time
        self._run_id = run_id
        self._rated = rated if rated is not None and rated.rests_on(ground) else None
        self._all: Profile | None = None
        self._open: Profile | None = None

    def after(self, before: PublishedRatings | None) -> Decided | None:
        """Returns what follows; None where what is there rests on a newer framework or newer parameters."""
        if before is None:
            return self._decide(None)
        ground = self._ground
        # Versions of one framework say nothing about those of another, which the person may have moved to.
        newer = self._same_framework(before) and before.framework_version > ground.framework.version
        if newer or before.parameters_version > ground.parameters.version:
            return None
        outdated = before.state_version > ground.state.stamp
        earlier = before.as_of > ground.today and not days_ahead(before, ground)
        if outdated or earlier or self._known(before):
            changed_in_run = self._run_id is not None and before.changed_in == self._run_id
            told = before.told_others_revision
            return Decided(None, before.pending, before.revision, told, changed_in_run, outdated)
        return self._decide(before)

    def _known(self, before: PublishedRatings) -> bool:
        """Tells whether another event of a burst has been here with this very state: then nothing is to be rated
        again. What costs a look into the ledger is asked last."""
        if not self._same_ground(before) or before.as_of != self._ground.today:
            return False
        # Who looked before a call opened, and comes later, knows nothing more.
        return self._ground.now < before.computed_at or self._same_closed(before)

    def _same_framework(self, before: PublishedRatings) -> bool:
        return before.framework_id == self._ground.framework.framework_id

    def _same_ground(self, before: PublishedRatings) -> bool:
        ground = self._ground
        then = (before.framework_version, before.parameters_version, before.kernel_version, before.state_version)
        now = (ground.framework.version, ground.parameters.version, WEIGHTS_VERSION, ground.state.stamp)
        return self._same_framework(before) and then == now

    def _same_closed(self, before: PublishedRatings) -> bool:
        """Tells whether of the same state the same calls are closed: by when they open."""
        until = None if before.others is None else before.others.until
        return (before.opens_at, until) == (self._ground.closed.opens_at, self._ground.closed.until)

    def _decide(self, ratings: PublishedRatings | None) -> Decided:
        own, others = self._told(ratings)
        before: Facts = {} if ratings is None else ratings.pending
        pending = {**before, **own.facts, **others.facts}
        different = bool(own.facts or others.facts)
        earlier = None if ratings is None else ratings.changed_in
        written = self._ratings(own, others, pending, self._run_id if different else earlier)
        # What others are told may say nothing of what is closed to them, nor may the log of changes.
        about: list[About] = ["discrepancies"] if others.apart else []
        if others.different or ratings is None or not self._same_ground(ratings):
            about.append("skills")
        places = frozenset(() if ratings is None else ratings.works_in) ^ frozenset(written.works_in)
        ahead = days_ahead(ratings, self._ground)
        return Decided(
            written,
            pending,
            written.revision,
            written.told_others_revision,
            different,
            about=tuple(about),
            moved=places,
            days_ahead=ahead,
        )

    def _told(self, ratings: PublishedRatings | None) -> tuple[NextTold, NextTold]:
        """Returns what is told with every call, and what others are told: the same where nothing is closed, nor was."""
        ground = self._ground
        told = Told(_begun(ground)) if ratings is None else ratings.told
        others = told if ratings is None else ratings.told_others(told)
        closed = ground.closed.until is not None
        if not closed:  # what everybody is told follows both
            last = max(told.revision, others.revision)
            told, others = told._replace(revision=last), others._replace(revision=last)
        known = ratings is not None and self._same_framework(ratings)
        same = ratings is not None and self._same_ground(ratings)
        before = Before.of(ratings, told, known=known, same=same)
        if not closed and (ratings is None or ratings.others is None):
            own = self._next("everybody", before, self._whole(before))
            return own, own
        same = same and ratings is not None and self._same_closed(ratings)
        before_others = Before.of(ratings, others, known=known, same=same)
        whole = self._whole(before, before_others)
        seen = self._without_closed() if closed else whole
        return self._next("employee", before, whole), self._next("others", before_others, seen)

    def _next(self, sight: Sight, before: Before, profile: Profile) -> NextTold:
        return next_told(self._ground, sight, before, profile, passing_of_time=self._passing_of_time)

    def _ratings(self, own: NextTold, others: NextTold, pending: Facts, changed_in: str | None) -> PublishedRatings:
        ground, rows, until = self._ground, own.profile.rows, self._ground.closed.until
        head = PublishedHead.of(self._head_of(rows))
        return PublishedRatings(
            head=head if until is None else head.closed_to(self._head_of(others.profile.rows), until),
            employee_id=ground.state.employee_id,
            framework_id=ground.framework.framework_id,
            revision=max(own.told.revision, others.told.revision) if until is None else own.told.revision,
            as_of=ground.today,
            computed_at=ground.now,
            state_version=ground.state.stamp,
            framework_version=ground.framework.version,
            parameters_version=ground.parameters.version,
            kernel_version=WEIGHTS_VERSION,
            readiness=readiness.overall(rows, ground.framework),
            core_validated=readiness.core_validated(rows, ground.framework),
            skills=own.profile.text,
            discrepancies=discrepancies_to_text(own.told.discrepancies),
            pending=pending,
            changed_in=changed_in,
            works_in=works_in(others.profile.rows, ground.framework, ground.today),
            opens_at=ground.closed.opens_at,
            others=None if until is None else ToldOthers.of(others.told, rows, until),
        )

    def _head_of(self, rows: Sequence[SkillRating]) -> Head:
        levels = readiness.core_levels(rows, self._ground.framework)
        return head_of(rows, chances_of(levels, self._ground.parameters.factor.likeness) if levels else None)

    def _without_closed(self) -> Profile:
        """Returns the profile without what is closed to others."""
        if self._open is None:
            ground = self._ground
            entries = ground.state.without(ground.closed.calls).entries
            self._open = Profile.of(Projection(entries, ground.framework, ground.parameters, ground.today))
        return self._open

    def _whole(self, *before: Before) -> Profile:
        """Returns the profile, its projection at least of those skills that may have to be looked at more closely."""
        ground, rated = self._ground, self._rated
        entries = ground.state.entries
        if rated is not None:
            shown = {row.key for row in rated.rows}
            closely = {row.key for row in rated.rows if row.discrepancy}
            for one in before:
                closely |= ({row.key for row in one.rows} - shown) | one.discrepancies.keys()
            projection = Projection(entries, ground.framework, ground.parameters, ground.today, wanted=closely)
            return Profile(projection, rated.rows, rated.text)
        if self._all is None:
            self._all = Profile.of(Projection(entries, ground.framework, ground.parameters, ground.today))
        return self._all


def _begun(ground: Ground) -> int:
    """Returns the revision that a person's first one follows. Of an id that was somebody's before, this one's or
    another's, consumers may have seen any: it begins with the seconds of the clock, which are more than anybody's
    ratings have ever changed."""
    return 0 if ground.state.number is None else int(ground.now.timestamp())
