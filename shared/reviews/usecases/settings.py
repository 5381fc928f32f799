"""Reads and changes what an organisation sets for itself besides its frameworks: how scores are reviewed."""

from __future__ import annotations

from dataclasses import asdict, replace

from shared.frameworks.domain.review_settings import ReviewSettings
from shared.frameworks.records import SettingsRecords
from shared.frameworks.usecases.configuration import REMEMBERED, Configuration
from shared.kernel.access import Caller, require
from shared.kernel.preconditions import Expect
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.records.changes import change as log_entry
from shared.platform.usecases.audit import Audit
from shared.ports.ambient import Clock
from shared.ports.documents import Documents, Transaction
from shared.ratings.usecases.recalculate import Recalculate
from shared.reviews.contract import ReviewSettingsBody, ReviewSettingsView


class Settings:
    """Reads and changes settings. Functions take a change up within half a minute.

    Published ratings are made by the hours that were in force then: another number of hours has everybody rated again.
    """

    def __init__(
        self, documents: Documents, configuration: Configuration, recalculate: Recalculate, audit: Audit, clock: Clock
    ) -> None:
        self._documents = documents
        self._settings = SettingsRecords(documents)
        self._configuration = configuration
        self._recalculate = recalculate
        self._audit = audit
        self._clock = clock

    def reviews(self, caller: Caller) -> ReviewSettingsView:
        """Returns how scores are reviewed. Raises Forbidden."""
        require(caller, "reviews.read")
        return _view(self._configuration.reviews(fresh=True))

    def set_reviews(self, body: ReviewSettingsBody, caller: Caller, expect: Expect | None = None) -> ReviewSettingsView:
        """Changes what the body gives and leaves the rest; returns the settings in force.

        Raises Forbidden, Outdated.
        """
        require(caller, "operations.write")
        change = body.model_dump(exclude_none=True)
        named = ", ".join(f"{name} = {value:g}" for name, value in sorted(change.items()))
        record = self._audit.draft(caller, AuditAction.SETTINGS_CHANGED, subject="reviews", detail=named)
        run_id = f"settings-{self._recalculate.new_id()}"
        started = self._audit.draft(
            caller, AuditAction.RECALCULATION_STARTED, subject=run_id, detail="employee_first_hours"
        )

        def work(transaction: Transaction) -> tuple[ReviewSettings, bool]:
            known = self._settings.reviews(transaction) or ReviewSettings()
            if expect is not None:
                expect(_view(known))
            changed = replace(known, **change)
            now = self._clock.now()
            is_other = changed.employee_first_hours != known.employee_first_hours
            changed = replace(changed, recalculation=run_id) if is_other else changed
            self._settings.set_reviews(transaction, changed, now)
            if is_other:
                transaction.write(log_entry(now, "settings").written())
                self._audit.within(transaction, started)
            self._audit.within(transaction, record)
            return changed, is_other

        changed, is_other = self._documents.transact(work)
        self._audit.tell([record, started] if is_other else [record])
        if "employee_first_hours" in change and changed.recalculation is not None:
            self._bring_up(changed.recalculation, caller)
        return _view(changed)

    def _bring_up(self, run_id: str, caller: Caller) -> None:
        """Has everybody rated by the hours in force, once every function has taken them up.

        Who sets the same hours again, because the first answer was lost, goes on with the same run.
        """
        due = self._clock.now() + REMEMBERED
        self._recalculate.start(started_by=caller.employee_id or caller.email, run_id=run_id, due=due)


def _view(settings: ReviewSettings) -> ReviewSettingsView:
    return ReviewSettingsView(**asdict(settings))
