"""Says of what learners' phones hold what has arrived, and what was told of and has not: a phone may be cleared."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING

from shared.kernel.access import Caller
from shared.kernel.errors import Forbidden
from shared.learning.domain.answer_entry import review_id_of, whole_milliseconds
from shared.learning.domain.phone_items import PhoneItem, PhoneItems, let_go, still_missing, united
from shared.learning.phone_item_records import PhoneItemRecords
from shared.learning.usecases.learners import Kept, Learners
from shared.ports.ambient import Clock

if TYPE_CHECKING:
    from shared.learning.phone_item_contract import PhoneItemsBody, PhoneItemsView

ArrivedEvidence = Callable[[str, Collection[str]], Mapping[str, str]]
"""Gives the SHA-256 of the evidence that a sender's keys stand for, by key; of those that arrived."""


class WatchPhones:
    """Compares what phones tell with what is kept."""

    def __init__(
        self, learners: Learners, kept: Kept, held: PhoneItemRecords, evidence: ArrivedEvidence, clock: Clock
    ) -> None:
        self._learners = learners
        self._kept = kept
        self._held = held
        self._evidence = evidence
        self._clock = clock

    def tell(self, caller: Caller, body: PhoneItemsBody) -> PhoneItemsView:
        """Notes what one of the caller's phones holds, and returns what of it has arrived, and what any phone told of
        before that has not. What arrived, was let go, or is two months old is looked for no longer.

        Raises Forbidden, Retryable; told again, it is the same.
        """
        from shared.learning.phone_item_contract import ArrivedItem, MissingItem, PhoneItemsView

        learner = self._learners.own(caller)
        if not learner.agreed:
            raise Forbidden("nothing is kept of what you do while you have not agreed to that; see your enrolment")
        now = whole_milliseconds(self._clock.now())
        told = {one.key: PhoneItem(one.kind, whole_milliseconds(one.made_at), now) for one in body.items}
        there: dict[str, str | None] = {}

        def after(before: PhoneItems) -> PhoneItems:
            held = let_go(united(before, told), body.let_go)
            there.clear()
            there.update(self._arrived(learner.employee_id, held))
            return still_missing(held, there, now)

        after_all = self._held.change(learner.employee_id, after)
        return PhoneItemsView(
            arrived=[ArrivedItem(key=key, sha256=there[key]) for key in told if key in there],
            missing=[
                MissingItem(key=key, kind=one.kind, made_at=one.made_at)
                for key, one in after_all.items()
                if key not in told and not one.let_go
            ],
        )

    def _arrived(self, employee_id: str, held: PhoneItems) -> dict[str, str | None]:
        """Returns the keys of what is kept, with the digest of the bytes where there are any."""
        answers = {one.review_id for one in self._kept.answers.of(employee_id)} if held else set()
        found: dict[str, str | None] = {
            key: None for key, one in held.items() if one.kind == "answer" and review_id_of(key) in answers
        }
        found.update(self._evidence(employee_id, [key for key, one in held.items() if one.kind != "answer"]))
        return found
