"""Reads reviews of calls as far as is known of them: when their scores came."""

from __future__ import annotations

from shared.platform.records.rewound import Rewinder
from shared.ports.documents import Document
from shared.reviews.records import Review


class RewoundReviews(Rewinder):
    """Reads reviews of scores that had come."""

    def _then(self, document: Document) -> Document | None:
        return None if Review.read(document).scored_at > self._at else document
