"""Shows a review beside the words that its scores stand on, and what is known about the scorer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shared.conversations.domain.call_analysis import JudgedScore
from shared.conversations.domain.conversation import Conversation, Quote
from shared.frameworks.records import CertificateRecords
from shared.kernel.access import Caller, is_own
from shared.reviews.contract import CompetencyCertificate, ReviewView
from shared.reviews.usecases.certificates import view_of
from shared.reviews.usecases.review_words import ReviewWords, Words
from shared.reviews.usecases.show_reviews import ShowReviews


@dataclass(frozen=True, slots=True)
class ReadableReview:
    """A review with its words. own: of the caller's own call; certificates: the scorer's, by competency"""

    review: ReviewView
    own: bool
    words: Words
    certificates: Mapping[str, CompetencyCertificate]


class ReadReview:
    """Puts a review and what it stands on side by side."""

    def __init__(self, reviews: ShowReviews, words: ReviewWords, certificates: CertificateRecords) -> None:
        self._reviews = reviews
        self._words = words
        self._certificates = certificates

    def get(self, caller: Caller, review_id: str, *, open_words: bool) -> ReadableReview:
        """Returns a review with its words, for whoever decides or was in the call; for others who may, when they ask.

        open_words: the caller asks. Raises NotFound, Forbidden, Retryable.
        """
        review = self._reviews.get(caller, review_id)
        own = is_own(caller, review.employee_id)
        words = self._words.of(caller, review, wanted=own or review.may_decide or open_words)
        return ReadableReview(review, own, words, self._of(review.scorer))

    def answer(self, caller: Caller, review_id: str) -> ReviewView:
        """Returns a review, of own scores with the words and the reason of each. Raises as `get` does."""
        review = self._reviews.get(caller, review_id)
        if not is_own(caller, review.employee_id):
            return review
        words = self._words.of(caller, review, wanted=True)
        if words.opened is None or words.analysis is None:
            return review
        judged = {one.competency: one for one in words.analysis.scores}
        conversation = words.opened.conversation
        scores = [
            one.model_copy(
                update={
                    "quotes": _quotes(judged[one.competency], conversation),
                    "analyst_reason": judged[one.competency].reason or None,
                }
            )
            if one.competency in judged
            else one
            for one in review.scores
        ]
        return review.model_copy(update={"scores": scores})

    def _of(self, scorer: str) -> dict[str, CompetencyCertificate]:
        """Returns one scorer's figures: they belong to the scores, whoever may see those."""
        found = [view_of(one) for one in self._certificates.all() if one.scorer == scorer]
        return {figures.competency: figures for one in found for figures in one.competencies}


def _quotes(judged: JudgedScore, conversation: Conversation) -> list[str]:
    """Returns the words that a score stands on, as far as they are there."""
    turns = conversation.turns
    return [
        turns[one.turn_index].text[one.start : one.end]
        for one in judged.evidence
        if isinstance(one, Quote) and one.turn_index < len(turns)
    ]
