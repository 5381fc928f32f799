"""What an organisation sets for itself, besides its frameworks: how scores are reviewed."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from shared.frameworks.domain.review_settings import ReviewSettings
from shared.frameworks.usecases.configuration import REVIEW_SETTINGS, Configuration
from shared.kernel.access import Caller
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ports.documents import Documents, Put, Transaction

if TYPE_CHECKING:
    from shared.reviews.contract import ReviewSettingsBody


class Settings:
    """Reads and changes settings. Functions take a change up within half a minute."""

    def __init__(self, documents: Documents, configuration: Configuration, audit: Audit) -> None:
        self._documents = documents
        self._configuration = configuration
        self._audit = audit

    def reviews(self) -> dict[str, Any]:
        """How scores are reviewed, in the shape of the contract's ReviewSettingsView."""
        return asdict(self._configuration.reviews(fresh=True))

    def set_reviews(self, body: ReviewSettingsBody, caller: Caller) -> dict[str, Any]:
        """Changes what the body gives and leaves the rest; the settings in force."""
        change = body.model_dump(exclude_none=True)
        named = ", ".join(f"{name} = {value:g}" for name, value in sorted(change.items()))
        self._audit.record(caller, AuditAction.SETTINGS_CHANGED, subject="reviews", detail=named)

        def work(transaction: Transaction) -> ReviewSettings:
            document = transaction.get(REVIEW_SETTINGS)
            known = ReviewSettings() if document is None else ReviewSettings(**document.data)
            changed = replace(known, **change)
            transaction.write(Put(REVIEW_SETTINGS, asdict(changed)))
            return changed

        changed = self._documents.transact(work)
        return asdict(changed)
