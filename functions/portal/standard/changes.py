"""Shows what changed between two versions of a standard, two texts of one version, or two of its plans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from functions.portal.shell.visit import Visit
from infra.wiring.environment import Environment
from infra.wiring.taxonomy import taxonomy
from shared.platform.edges.query import whole_number
from shared.taxonomy.standard_contract import ComparedPlans, ComparedStandards, ToldChange


@dataclass(frozen=True)
class Difference:
    """Shows one difference. kind: what it is, in a word; before, after: lines, empty where there is none"""

    kind: str
    what: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True)
class Changes:
    """Shows a comparison. title: of what with what; groups: with their titles; moved: as `K3, now K4`"""

    title: str
    groups: Sequence[tuple[str, Sequence[Difference]]]
    moved: str = ""


def asked_for(on: Environment, visit: Visit, key: str, revision: int | None, plan: str | None) -> Changes | None:
    """Returns the comparison that an address asks for: `against` another version, `against_text` a former text,
    `against_plan` another plan; None for an address that asks for none. Raises NotFound, Rejected."""
    against, text = visit.query.get("against"), whole_number(visit, "against_text", 1, 1_000_000)
    if against or text is not None:
        before = f"{key.partition('@')[0]}@{against}" if against else key
        found = taxonomy(on).read_standards.compare(visit.caller, key, revision, before=before, earlier=text)
        return of_standards(found)
    other = visit.query.get("against_plan")
    if other and plan:
        return of_plans(taxonomy(on).assessment_plans.compare(visit.caller, plan, other))
    return None


def of_standards(found: ComparedStandards) -> Changes:
    """Returns a comparison of two texts as it is shown."""
    before, after = found.before, found.after
    if before.key == after.key:
        title = f"From text {before.revision} to text {after.revision}"
    else:
        title = f"From version {before.version} to version {after.version}"
    groups = (("The standard", found.facts), ("Statements", found.statements), ("Duties", found.duties))
    moved = ", ".join(f"{old} is now {new}" for old, new in found.moved)
    return Changes(title, [(name, differences(of)) for name, of in groups if of], moved)


def of_plans(found: ComparedPlans) -> Changes:
    """Returns a comparison of two plans as it is shown."""
    title = f"From plan {found.before} to plan {found.after}"
    return Changes(title, [("How it is assessed", differences(found.changes))] if found.changes else [])


def differences(changes: Sequence[ToldChange]) -> list[Difference]:
    """Returns differences as they are shown: what was added, what is different, what was dropped."""
    return [
        Difference(
            "Added" if one.before is None else "Dropped" if one.after is None else "Changed",
            one.what,
            tuple((one.before or "").split("\n")) if one.before else (),
            tuple((one.after or "").split("\n")) if one.after else (),
        )
        for one in changes
    ]
