"""Finds a competency's row in a profile."""

from __future__ import annotations

from typing import Any

from tests.harness.api_client import (
    ApiClient,
)


def skill_of(api: ApiClient, employee_id: str, competency: str = "discovery", **query: Any) -> dict[str, Any]:
    rows = api.get(f"employees/{employee_id}/skills", view="all", **query).json["skills"]
    found: dict[str, Any] = next(r for r in rows if r["competency"] == competency and r["context"] is None)
    return found
