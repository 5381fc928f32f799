"""Imports and reads assessment plans: per statement of a standard whether, how and by whom it is assessed."""

from __future__ import annotations

from collections.abc import Sequence

from shared.frameworks.domain.assessment_plan import AssessmentPlan, defects_of
from shared.frameworks.domain.standard_comparison import compare_plans
from shared.frameworks.domain.standard_defect import Defect, Severity
from shared.frameworks.plan_records import KeptPlan, PlanRecords
from shared.frameworks.standard_records import StandardRecords, told
from shared.kernel.access import Caller, require
from shared.kernel.errors import Conflict, NotFound
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ports.ambient import Clock
from shared.ports.documents import AlreadyExists
from shared.taxonomy.plan_contract import ImportedPlan, PlanHead, PlanList, PlansFile, PlansImport, PlanView
from shared.taxonomy.standard_contract import ComparedPlans, told_changes
from shared.taxonomy.usecases.import_standards import told_defect
from shared.taxonomy.usecases.read_standards import warnings_of
from shared.taxonomy.usecases.standards_in_sight import StandardsInSight


class AssessmentPlans:
    """Takes plans in for whoever may take in standards, and shows them to whoever may see their standard."""

    def __init__(
        self, standards: StandardRecords, plans: PlanRecords, sight: StandardsInSight, audit: Audit, clock: Clock
    ) -> None:
        self._standards = standards
        self._sight = sight
        self._plans = plans
        self._audit = audit
        self._clock = clock

    def take_in(self, caller: Caller, file: PlansFile, *, dry_run: bool) -> PlansImport:
        """Keeps every plan of a file that nothing is wrong with, and says line by line what is wrong with the others.

        A version is kept once: learners are pinned to it. The same again changes nothing, another content of the same
        version is refused. Raises Forbidden, Conflict (somebody else imports the same one now).
        """
        require(caller, "standards.write")
        lines: list[ImportedPlan] = []
        defects: list[Defect] = []
        before: dict[str, AssessmentPlan] = {}
        for place, body in enumerate(file.plans):
            plan = body.meant()
            found = self._judged(place, plan, before.get(plan.key))
            kept = self._plans.get(plan.key)
            if any(one.severity is Severity.REFUSED for one in found):
                result = "rejected"
            elif kept is not None or plan.key in before:
                result = "unchanged"
            else:
                result = "created"
                if not dry_run:
                    self._keep(caller, plan, found)
            before.setdefault(plan.key, plan)
            defects += found
            lines.append(ImportedPlan(record=place + 1, key=plan.key, result=result, statements=len(plan.statements)))
        return PlansImport(dry_run=dry_run, plans=lines, defects=[told_defect(one) for one in defects])

    def of_standard(self, caller: Caller, standard: str) -> PlanList:
        """Returns the plans of a version of a standard, the latest import last. Raises Forbidden, NotFound."""
        self._sight.open(caller, standard)
        if self._standards.get(standard) is None:
            raise NotFound(f"there is no standard {standard[:80]!r} here", field="key")
        return PlanList(plans=[_head(one) for one in self._plans.of(standard)])

    def show(self, caller: Caller, key: str) -> PlanView:
        """Returns a plan whole, in its own words. Raises Forbidden, NotFound."""
        kept = self._kept(caller, key)
        return PlanView.of(kept.plan, kept.imported_at, warnings_of(kept.warnings))

    def compare(self, caller: Caller, after: str, before: str) -> ComparedPlans:
        """Returns what two plans of a version say differently. after, before: keys. Raises Forbidden, NotFound."""
        later, former = (self._kept(caller, key) for key in (after, before))
        if later.standard != former.standard:
            raise NotFound(f"{before[:60]} is no plan of {later.standard}", field="against_plan")
        changes = told_changes(compare_plans(former.plan, later.plan))
        return ComparedPlans(before=former.version, after=later.version, changes=changes)

    def _kept(self, caller: Caller, key: str) -> KeptPlan:
        self._sight.open(caller, key.rpartition("_")[0])
        kept = self._plans.get(key)
        if kept is None:
            raise NotFound(f"there is no assessment plan {key[:60]!r}", field="key")
        return kept

    def _judged(self, place: int, plan: AssessmentPlan, earlier: AssessmentPlan | None) -> list[Defect]:
        """Returns what is wrong with a plan. earlier: of the same version, in the same file"""
        standard = self._standards.get(plan.standard)
        found = defects_of(place, plan, None if standard is None else standard.record.standard)
        kept = self._plans.get(plan.key)
        known = earlier if kept is None else kept.plan
        if known is not None and known != plan:
            detail = (
                f"{plan.version} is kept with other content, to which learners may be pinned; give it the next number"
            )
            found.append(Defect("A1006", place, plan.standard, plan.version, "version", detail))
        return found

    def _keep(self, caller: Caller, plan: AssessmentPlan, warnings: Sequence[Defect]) -> None:
        self._audit.record(caller, AuditAction.PLAN_IMPORTED, detail=plan.key)
        kept = KeptPlan(
            key=plan.key,
            standard=plan.standard,
            version=plan.version,
            imported_at=self._clock.now(),
            imported_by=caller.employee_id or caller.email,
            plan=plan,
            warnings=told(warnings),
        )
        try:
            self._plans.add(kept)
        except AlreadyExists:
            raise Conflict(f"{plan.key} is being imported by somebody else; send the file again") from None


def _head(kept: KeptPlan) -> PlanHead:
    return PlanHead(
        key=kept.key,
        standard=kept.standard,
        version=kept.version,
        title=kept.plan.title,
        synthetic=kept.plan.synthetic,
        imported_at=kept.imported_at,
    )
