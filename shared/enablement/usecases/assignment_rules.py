"""Says which rules assign without a deal, how much, and when people are reminded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.enablement.domain.skill_rules import RULES
from shared.enablement.records import AssignmentSettings, SettingsRecords
from shared.kernel.access import Caller, require
from shared.kernel.preconditions import Expect
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ports.documents import Documents, Transaction

if TYPE_CHECKING:
    from shared.enablement.contract import AssignmentRulesBody, AssignmentRulesView


class AssignmentRules:
    """Keeps the settings; each change is on record."""

    def __init__(self, documents: Documents, audit: Audit) -> None:
        self._documents = documents
        self._records = SettingsRecords(documents)
        self._audit = audit

    def show(self, caller: Caller) -> AssignmentRulesView:
        """Returns what is in force. Raises Forbidden."""
        require(caller, "assignment_rules.manage")
        return _view(self._records.get())

    def change(self, caller: Caller, body: AssignmentRulesBody, expect: Expect | None = None) -> AssignmentRulesView:
        """Puts other settings in force; the same again changes nothing. Raises Forbidden, Outdated."""
        require(caller, "assignment_rules.manage")
        wanted = AssignmentSettings(
            on=body.on,
            off=tuple(rule.trigger for rule in RULES if rule.trigger in body.off),
            most_open=body.most_open,
            cooldown_days=body.cooldown_days,
            remind_after=body.remind_after,
            escalate=body.escalate,
        )
        detail = ", ".join(f"{name}={value}" for name, value in body.model_dump().items())
        record = self._audit.draft(caller, AuditAction.SETTINGS_CHANGED, subject="assignments", detail=detail)

        def within(transaction: Transaction) -> bool:
            known = self._records.get(transaction)
            if expect is not None:
                expect(_view(known))
            if known == wanted:
                return False
            transaction.write(SettingsRecords.written(wanted))
            self._audit.within(transaction, record)
            return True

        if self._documents.transact(within):
            self._audit.tell([record])
        return _view(wanted)


def _view(kept: AssignmentSettings) -> AssignmentRulesView:
    from shared.enablement.contract import AssignmentRulesView, AssignmentRuleView

    return AssignmentRulesView(
        on=kept.on,
        off=list(kept.off),
        most_open=kept.most_open,
        cooldown_days=kept.cooldown_days,
        remind_after=kept.remind_after,
        escalate=kept.escalate,
        rules=[
            AssignmentRuleView(
                trigger=one.trigger, about=one.about, workdays=one.workdays, on=one.trigger not in kept.off
            )
            for one in RULES
        ],
    )
