"""Reads forms: what a person entered, and what is said beside a field that cannot be taken as it is."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta

from functions.portal.shell import words as plain_words
from shared.kernel.errors import Rejected

_PLAINLY = tuple(
    (re.compile(said), plainly)
    for said, plainly in (
        (r"String should have at least 1 character", "Write something here"),
        (r"String should have at least (\d+) characters", r"Write at least \1 characters"),
        (r"String should have at most (\d+) characters?", r"Write at most \1 characters"),
        (r"[Mm]ust be text in ISO 8601.*|Input should be a valid date\b.*", "Enter a date as 2026-11-30"),
        (r"Input should be a valid integer\b.*", "Write a whole number"),
        (r"Input should be a valid number\b.*", "Write a number"),
        (r"Input should be greater than or equal to (\S+)", r"Write \1 or more"),
        (r"Input should be less than or equal to (\S+)", r"Write \1 or less"),
        (r"Input should be greater than (\S+)", r"Write more than \1"),
        (r"Input should be less than (\S+)", r"Write less than \1"),
        (r"Input should be (\S.*)", r"Choose \1"),
        (r"String should match pattern .*", "This is not written as it has to be"),
    )
)
"""What the library that reads bodies says of a field, and what a person is told beside it; the first that fits."""


_DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b(?!T)")


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


def _plain_day(found: re.Match[str]) -> str:
    """Returns a day as people write it; what is none as it stands."""
    try:
        return plain_words.day(date.fromisoformat(found[0]))
    except ValueError:
        return found[0]


def sentence(detail: str, field: str | None) -> str:
    """Returns a refusal's words without the name of the field, which an interface's callers need and a form shows."""
    words = detail.removeprefix(f"{field}: ")
    for said, plainly in _PLAINLY:
        if found := said.fullmatch(words):
            words = found.expand(plainly)
            break
    else:
        words = _DAY.sub(_plain_day, words)
    return f"{words[:1].upper()}{words[1:]}" + ("" if words.endswith((".", "?", "!")) else ".")
