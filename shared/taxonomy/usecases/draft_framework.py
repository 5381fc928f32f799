"""Drafts a framework from a standard, for people to complete and publish."""

from __future__ import annotations

import re
from typing import Final

from shared.frameworks.domain.framework import Competency, Framework
from shared.frameworks.domain.standard import Standard, Statement
from shared.frameworks.standard_records import StandardRecords
from shared.kernel.access import Caller, require
from shared.kernel.errors import NotFound
from shared.taxonomy.plan_contract import DraftedDuty, FrameworkDraft

LONGEST_NAME: Final = 100
LONGEST_DESCRIPTION: Final = 4_000
TO_COMPLETE: Final = (
    "names: each is the beginning of its statement",
    "rules: none is drafted, so that nothing can be validated; a skill or behaviour needs field evidence",
    "core, rubrics, aliases and dimensions: people's decisions",
    "scenarios: what can be practised",
)
_FIRST_SENTENCE = re.compile(r"[^\n.;:]+")


class DraftFramework:
    """Drafts for whoever may change skills; nothing is kept."""

    def __init__(self, records: StandardRecords) -> None:
        self._records = records

    def of(self, caller: Caller, key: str, framework_id: str | None) -> FrameworkDraft:
        """Returns a framework with a competency for each statement of a standard, under its code, and the duties.

        framework_id: of the framework to be; None: made of the standard's reference. Raises Forbidden, NotFound.
        """
        standard = self._standard(caller, key)
        framework = _drafted(standard, framework_id)
        return FrameworkDraft(framework=framework.to_dict(), duties=_duties(standard), to_complete=list(TO_COMPLETE))

    def framework(self, caller: Caller, key: str, framework_id: str | None) -> Framework:
        """Returns the same framework, without what is told beside it. Raises Forbidden, NotFound."""
        return _drafted(self._standard(caller, key), framework_id)

    def _standard(self, caller: Caller, key: str) -> Standard:
        require(caller, "skills.write")
        found = self._records.get(key)
        if found is None:
            raise NotFound(f"there is no standard {key[:80]!r} here", field="key")
        return found.record.standard


def _drafted(standard: Standard, framework_id: str | None) -> Framework:
    return Framework(
        framework_id=framework_id or standard.reference.lower(),
        name=standard.title[:120].strip(),
        version=1,
        competencies=tuple(_competency(one) for one in standard.statements),
        required_by_stage={"gateway": tuple(one.code for one in standard.statements)},
        standard=standard.key,
    )


def _competency(statement: Statement) -> Competency:
    first = _FIRST_SENTENCE.search(statement.text)
    words = first[0].strip() if first else statement.code
    name = words if len(words) <= LONGEST_NAME else f"{words[:LONGEST_NAME].rsplit(' ', 1)[0]}…"
    return Competency(
        competency=statement.code,
        skill_id=statement.code,
        name=name,
        description=statement.text[:LONGEST_DESCRIPTION],
        category=statement.category.value,
        statement=statement.statement_id,
    )


def _duties(standard: Standard) -> list[DraftedDuty]:
    return [
        DraftedDuty(duty_id=one.duty_id, text=one.text, core=one.core, competencies=list(one.codes))
        for one in standard.duties
    ]
