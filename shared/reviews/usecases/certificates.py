"""Shows how far each scorer agrees with people, now and day by day."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shared.frameworks.records import CertificateRecords, ScorerFigures
from shared.kernel.access import Caller, require
from shared.kernel.errors import NotFound
from shared.reviews.contract import CertificateHistory, CertificateList, CertificateView
from shared.reviews.usecases.recent_scores import ReadRecentScores

TunedOn = Callable[[str], Sequence[str]]
"""Returns the conversations that a scorer was tuned on, by its name."""
DAYS = 90
"""Of a certificate's history."""


class Certificates:
    """Reads certificates."""

    def __init__(self, records: CertificateRecords, recent: ReadRecentScores, tuned_on: TunedOn) -> None:
        self._records = records
        self._recent = recent
        self._tuned_on = tuned_on

    def all(self, caller: Caller) -> CertificateList:
        """Returns every scorer's certificate, those with the most reviewed scores first, and what became of the newest
        scores. Raises Forbidden."""
        require(caller, "certificates.read")
        found = sorted(
            self._records.all(), key=lambda one: (-sum(of.n for of in one.competencies.values()), one.scorer)
        )
        return CertificateList(certificates=[self._view(one) for one in found], recent=self._recent.all())

    def history(self, caller: Caller, certificate_id: str) -> CertificateHistory:
        """Returns a scorer's certificates of the last days, the newest first. Raises Forbidden, NotFound."""
        require(caller, "certificates.read")
        found = self._records.history(certificate_id, DAYS)
        if not found:
            raise NotFound(f"there is no certificate {certificate_id[:64]!r}", field="certificate_id")
        return CertificateHistory(days=[self._view(one) for one in found])

    def _view(self, figures: ScorerFigures) -> CertificateView:
        return view_of(figures, self._tuned_on(figures.scorer))


def view_of(figures: ScorerFigures, tuned_on: Sequence[str] = ()) -> CertificateView:
    """Returns a certificate as it is shown. tuned_on: the conversations that the scorer was tuned on"""
    competencies = [
        {**of.stored(), "competency": name, "certified": of.certified}
        for name, of in sorted(figures.competencies.items())
    ]
    return CertificateView.model_validate(
        {
            **figures.stored(),
            "certificate_id": figures.certificate_id,
            "tuned_on": [*tuned_on],
            "competencies": competencies,
        }
    )
