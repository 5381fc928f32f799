"""Finds the frameworks that come along."""

from __future__ import annotations

from pathlib import Path

FRAMEWORKS = Path(__file__).parent


def framework_file(framework_id: str) -> Path:
    """Returns the file of a framework that ships."""
    return FRAMEWORKS / f"{framework_id}.yaml"


def framework_files() -> list[Path]:
    """Lists the files of all that ship, by name."""
    return sorted(FRAMEWORKS.glob("*.yaml"))
