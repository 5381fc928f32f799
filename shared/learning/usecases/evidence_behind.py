"""Puts together what stands behind a competency: finished quick checks, what people saw, what was brought."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING, Final

from shared.evidence.usecases.tell_pieces import Piece, TellPieces
from shared.kernel.access import Caller
from shared.kernel.pages import Position
from shared.learning.domain.lesson import Lesson
from shared.learning.domain.quick_check import QuickCheck, finished_checks
from shared.learning.domain.review import Review
from shared.learning.usecases.learners import Kept, Learner

if TYPE_CHECKING:
    from shared.learning.contract import PieceView

FEW: Final = 3
"""Pieces of each competency beside how far somebody is; a page of its own tells all of them."""


@dataclass(frozen=True, slots=True)
class Behind:
    """Holds the newest pieces behind one competency. more: how many further ones were found; still: and older ones"""

    pieces: tuple[PieceView, ...] = ()
    more: int = 0
    still: bool = False


class _Placed:
    """One piece with its place: by when it was received, then by its key."""

    __slots__ = ("made", "place")

    def __init__(self, made: QuickCheck | Piece) -> None:
        self.made = made
        self.place: Position = (
            (made.received_at, made.key)
            if isinstance(made, Piece)
            else (max(one.received_at for one in made.reviews), made.check_id)
        )


class EvidenceBehind:
    """Reads what one learner's answers and evidence say; nothing of it grows with the organisation."""

    def __init__(self, kept: Kept, pieces: TellPieces) -> None:
        self._kept = kept
        self._pieces = pieces

    def few(
        self, caller: Caller, learner: Learner, competencies: Collection[str], reviews: Sequence[Review]
    ) -> tuple[bool, Mapping[str, Behind]]:
        """Returns whether the caller may see the learner's evidence, and the newest pieces by competency."""
        told = self._pieces.by_competency(caller, learner.employee, competencies, FEW)
        checks = list(self._checks(reviews))
        found = {}
        for name in competencies:
            about = [_Placed(one) for one in checks if name in one.lesson.competencies]
            placed = _newest([*about, *map(_Placed, told.of.get(name, ()))])
            shown = tuple(_view(one.made, learner.zone) for one in placed[:FEW])
            found[name] = Behind(shown, len(placed) - len(shown), name in told.cut)
        return told.whole, found

    def page(
        self, caller: Caller, learner: Learner, competency: str, limit: int, after: Position | None
    ) -> tuple[bool, list[PieceView], Position | None]:
        """Returns whether likewise, a page of all pieces behind one competency, and where the next one continues."""
        whole, told = self._pieces.about(caller, learner.employee, competency, limit, after)
        reviews = self._kept.answers.of(learner.employee_id)
        checks = [_Placed(one) for one in self._checks(reviews) if competency in one.lesson.competencies]
        # Checks that lie behind the last evidence of this page stand on the next one.
        ahead = [one for one in checks if (after is None or one.place < after) and _before(told.next, one.place)]
        placed = _newest([*ahead, *map(_Placed, told.items)])
        end = placed[limit - 1].place if len(placed) > limit else told.next
        return whole, [_view(one.made, learner.zone) for one in placed[:limit]], end

    def _checks(self, reviews: Sequence[Review]) -> Iterator[QuickCheck]:
        """Yields the finished checks of every version that was answered."""
        answered: dict[tuple[str, int], list[Review]] = {}
        for one in reviews:
            answered.setdefault((one.question.lesson_id, one.lesson_version), []).append(one)
        for named, published in self._kept.lessons.versions(sorted(answered)).items():
            yield from finished_checks(published.lesson, answered[named])


def _before(end: Position | None, place: Position) -> bool:
    return end is None or place > end


def _newest(placed: list[_Placed]) -> list[_Placed]:
    return sorted(placed, key=lambda one: one.place, reverse=True)


def _view(made: QuickCheck | Piece, zone: tzinfo) -> PieceView:
    from shared.learning.contract import PieceView

    if isinstance(made, Piece):
        return PieceView(
            kind=made.kind,
            on=_day(made.at, zone),
            by=made.by,
            supervision=made.supervision,
            evidence_id=made.evidence_id,
            photos=list(made.photos),
        )
    lesson: Lesson = made.lesson
    return PieceView(
        kind="quick_check",
        on=_day(made.finished_at, zone),
        lesson_id=lesson.lesson_id,
        lesson=lesson.title,
        right=sum(one.right for one in made.reviews),
        questions=len(made.reviews),
    )


def _day(at: datetime, zone: tzinfo) -> date:
    return at.astimezone(zone).date()
