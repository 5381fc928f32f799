"""Shows how far each scorer agrees with people, now and day by day."""

from __future__ import annotations

from shared.frameworks.records import CertificateRecords, ScorerFigures
from shared.kernel.errors import NotFound
from shared.ports.documents import Documents
from shared.reviews.contract import CertificateHistory, CertificateList, CertificateView

DAYS = 90
"""Of a certificate's history."""


class Certificates:
    """Reads certificates."""

    def __init__(self, documents: Documents) -> None:
        self._records = CertificateRecords(documents)

    def all(self) -> CertificateList:
        """Returns every scorer's certificate, those with the most reviewed scores first."""
        found = sorted(
            self._records.all(), key=lambda one: (-sum(of.n for of in one.competencies.values()), one.scorer)
        )
        return CertificateList(certificates=[_view(one) for one in found])

    def history(self, certificate_id: str) -> CertificateHistory:
        """Returns a scorer's certificates of the last days, the newest first. Raises NotFound."""
        found = self._records.history(certificate_id, DAYS)
        if not found:
            raise NotFound(f"there is no certificate {certificate_id[:64]!r}", field="certificate_id")
        return CertificateHistory(days=[_view(one) for one in found])


def _view(figures: ScorerFigures) -> CertificateView:
    competencies = [{**of.stored(), "competency": name} for name, of in sorted(figures.competencies.items())]
    return CertificateView.model_validate(
        {**figures.stored(), "certificate_id": figures.certificate_id, "competencies": competencies}
    )
