"""Starts a recalculation that somebody asks for, and leaves an audit record."""

from __future__ import annotations

from shared.kernel.access import Caller, require
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ratings.contract import RecalculationBody, RunAnswer
from shared.ratings.usecases.recalculate import Recalculate


class RequestRecalculation:
    """Takes in a request to recalculate."""

    def __init__(self, recalculate: Recalculate, audit: Audit) -> None:
        self._recalculate = recalculate
        self._audit = audit

    def start(self, caller: Caller, body: RecalculationBody) -> RunAnswer:
        """Starts a run over the employees that the body names, or everyone; returns its progress.

        Raises Forbidden, Rejected.
        """
        require(caller, "recalculation.run")
        run = self._recalculate.start(
            started_by=caller.employee_id or caller.email,
            employee_ids=body.employee_ids,
            from_ledger=body.from_ledger,
        )
        self._audit.record(caller, AuditAction.RECALCULATION_STARTED, subject=run.run_id)
        return run

    def progress(self, caller: Caller, run_id: str) -> RunAnswer:
        """Returns how far a run is. Raises Forbidden, NotFound."""
        require(caller, "recalculation.run")
        return self._recalculate.progress(run_id)
