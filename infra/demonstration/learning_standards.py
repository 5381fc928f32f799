"""Imports the synthetic demonstration standards and their plans through the routes that official ones take."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from infra.web.calling import Post, accepted
from shared.kernel.json_values import JsonObject

STANDARDS_IMPORT: Final = "/api/v1/standards/import"
PLANS_IMPORT: Final = "/api/v1/assessment-plans/import"
FILES: Final = Path(__file__).parent / "standards"


def standards() -> Sequence[JsonObject]:
    """Returns the records as a publisher's file has them: an apprenticeship and a unit."""
    found: list[JsonObject] = []
    for name in ("apprenticeships", "units"):
        found += json.loads((FILES / f"{name}.json").read_bytes())
    return found


def plans() -> Sequence[JsonObject]:
    """Returns the assessment plans: of the apprenticeship one in former words and one in today's, and the unit's."""
    found: Sequence[JsonObject] = json.loads((FILES / "assessment_plans.json").read_bytes())["plans"]
    return found


def import_standards(post: Post) -> None:
    """Imports both; what is there already stays as it is. Raises Refused, Unreachable."""
    accepted(post(STANDARDS_IMPORT, json.dumps({"standards": standards()}).encode()), STANDARDS_IMPORT)
    accepted(post(PLANS_IMPORT, json.dumps({"plans": plans()}).encode()), PLANS_IMPORT)
