"""Reads a file of certifications: its columns, and the certification exam that each line becomes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from shared.kernel.csv_file import Row
from shared.kernel.errors import Rejected
from shared.kernel.ids import digest
from shared.kernel.json_values import JsonObject

REQUIRED = ("email", "certification", "competency", "score", "date")
OPTIONAL = ("product_line", "industry")
_COLUMNS = {
    "employee_id": "email",
    "timestamp": "date",
    "overall_score": "score",
    "competency_scores.0.competency": "competency",
    "competency_scores.0.score": "score",
    "competency_scores.0.context.industry": "industry",
    "competency_scores.0.context.product_line": "product_line",
}
"""Where a certification's file has what the event that it becomes has under these names."""


def exam(row: Row, number_of: Callable[[str], str]) -> JsonObject:
    """Returns the event that a line becomes. Raises Rejected. number_of: what stands for a person in ids"""
    row.check_width()
    email, name, competency = row.person, row.cell("certification"), row.cell("competency")
    moment, score = _moment(row.cell("date")), _score(row.cells.get("score", ""))
    context = {column: row.cell(column) for column in OPTIONAL if row.cell(column)}
    return {
        "event_id": digest("certification", number_of(email), name, competency, moment.isoformat()),
        "employee_id": email,
        "event_type": "certification_exam",
        "event_source": "certification-import",
        "timestamp": moment.isoformat(),
        "overall_score": score,
        "passed": True,
        "competency_scores": [{"competency": competency, "score": score, **({"context": context} if context else {})}],
        "session_metadata": {"certification": name, "certification_eligible": True},
    }


def _moment(written: str) -> datetime:
    try:
        moment = datetime.fromisoformat(written if "T" in written else f"{written}T12:00:00+00:00")
    except ValueError:
        raise Rejected(f"date: {written[:40]!r} is no date; write YYYY-MM-DD", field="date") from None
    if moment.tzinfo is None:
        raise Rejected(f"date: {written[:40]!r} has no time zone; write YYYY-MM-DD, or a time with Z", field="date")
    return moment


def _score(written: str) -> float:
    try:
        return float(written)
    except ValueError:
        raise Rejected(f"score: {written[:40]!r} is no number", field="score") from None


def in_words_of_the_file(error: Rejected) -> str:
    """Returns what is wrong with a line, in the file's words instead of the event's."""
    if error.field == "event_id":
        return (
            "score: this exam is recorded already with another score, product_line or industry; another sitting needs "
            "a date of its own, or its time as well, e.g. 2026-01-10T15:00:00Z"
        )
    column = _COLUMNS.get(error.field or "")
    return f"{column}:{error.detail.removeprefix(f'{error.field}:')}" if column else error.detail
