"""Starts a recalculation that somebody asks for, leaves an audit record, and tells how far it is."""

from __future__ import annotations

from shared.kernel.access import Caller, require
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ratings.contract import RecalculationBody, RunAnswer
from shared.ratings.usecases.recalculate import Recalculate


class RequestRecalculation:
    """Takes in requests to recalculate."""

    def __init__(self, recalculate: Recalculate, audit: Audit) -> None:
        self._recalculate = recalculate
        self._audit = audit

    def start(self, caller: Caller, body: RecalculationBody) -> RunAnswer:
        """Starts a run over the employees that the body names, or everyone; returns its progress.

        Raises Forbidden, Rejected.
        """
        require(caller, "recalculation.run")
        if body.employee_ids is not None:
            self._recalculate.require_known(body.employee_ids)
        run_id = self._recalculate.new_id()
        self._audit.record(caller, AuditAction.RECALCULATION_STARTED, subject=run_id)
        return self._recalculate.start(
            started_by=caller.employee_id or caller.email,
            employee_ids=body.employee_ids,
            from_ledger=body.from_ledger,
            run_id=run_id,
        )

    def progress(self, caller: Caller, run_id: str) -> RunAnswer:
        """Returns how far a run is. Raises Forbidden, NotFound."""
        require(caller, "recalculation.run")
        return self._recalculate.progress(run_id)
