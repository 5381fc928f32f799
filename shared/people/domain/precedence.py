"""Decides which source may say what of a person, field by field.

What an administrator set stands; the role, the framework, the hire date and the mentor come from CSV; the name, the
manager and whether someone is active come from the directory as soon as it knows the person, from CSV before that.
"""

from __future__ import annotations

from typing import Literal

Source = Literal["administrator", "csv", "directory"]
DIRECTORY_OWNS = frozenset({"name", "manager_id", "active"})


def may_say(source: Source, field: str, owner: str | None) -> bool:
    """Tells whether a source may set a field that another said last. owner: who did, None for nobody"""
    if source != "administrator" and owner == "administrator":
        return False
    return not (source == "csv" and owner == "directory" and field in DIRECTORY_OWNS)
