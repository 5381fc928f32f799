"""Reads forms: what a person entered, and what is said beside a field that cannot be taken as it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta

from shared.kernel.errors import Rejected


def day(entered: Mapping[str, str], name: str, errors: dict[str, str], *, required: bool) -> datetime | None:
    """Reads the beginning, in UTC, of the day in a field. None where there is none: an error of the field, unless it is
    empty and not required."""
    text = entered.get(name, "").strip()
    if not text and not required:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = date.max
    if found == date.max:  # the last day of all has no end
        errors[name] = "Enter a date as 2026-11-30."
        return None
    return datetime(found.year, found.month, found.day, tzinfo=UTC)


def period(
    entered: Mapping[str, str], errors: dict[str, str], *, required: bool
) -> tuple[datetime | None, datetime | None]:
    """Reads the days in `from` and `to`, both included: the beginning of the one, and the end of the other."""
    since, last = (day(entered, name, errors, required=required) for name in ("from", "to"))
    if since and last and last < since:
        errors["to"] = "The end lies before the beginning."
    return since, None if last is None else last + timedelta(days=1)


def version(entered: Mapping[str, str]) -> int | None:
    """Reads the version that a form was made on; None where it names none."""
    text = entered.get("if_version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def refusals(problem: Rejected, fields: Collection[str]) -> dict[str, str]:
    """Returns what a refusal says, in sentences by the form's fields; what concerns none of them is the form's."""
    found: dict[str, str] = {}
    for error in problem.errors or [{"field": "", "detail": problem.detail}]:
        names = [part for part in error["field"].split(".") if part in fields]
        found.setdefault(names[-1] if names else "form", sentence(error["detail"], error["field"]))
    return found


def sentence(detail: str, field: str | None) -> str:
    """Returns a refusal's words without the name of the field, which an interface's callers need and a form shows."""
    words = detail.removeprefix(f"{field}: ")
    return f"{words[:1].upper()}{words[1:]}" + ("" if words.endswith((".", "?", "!")) else ".")
