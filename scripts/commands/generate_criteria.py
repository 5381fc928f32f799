"""Writes the formula of every competency into `docs/lexical-analyst.md` from `shared/analysts/domain/rubric.py`.

So the document cannot drift from what is computed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from scripts.commands.generated_text import refuse_arguments, written_between
from shared.analysts.domain.rubric import CRITERIA, RUBRIC_VERSION, Competency, Criterion
from shared.analysts.lexical.analyst import LEXICAL_VERSION

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "lexical-analyst.md"
BEGIN = "<!-- formulas: ./scripts/generate_criteria writes what stands between these lines -->"
END = "<!-- end of formulas -->"


def formulas() -> str:
    """Returns the formulas as Markdown, one section per competency."""
    lines = [f"Version `{LEXICAL_VERSION}`, criteria `{RUBRIC_VERSION}`."]
    for competency, criteria in CRITERIA.items():
        lines += ["", f"### {_title(competency)}", "", f"score = {' + '.join(one.name for one in criteria)}", ""]
        lines += ["| criterion | points | runs from | to | why |", "|---|---:|---|---|---|"]
        lines += [_row(one) for one in criteria]
    return "\n".join(lines)


def written(document: str, between: str) -> str:
    """Returns the document with the text between its marks replaced. Raises ValueError when a mark is missing."""
    return written_between(document, BEGIN, between, END)


def _title(competency: Competency) -> str:
    return competency.value.replace("_", " ").capitalize()


def _row(one: Criterion) -> str:
    name = one.name.replace("_", " ")
    nothing, everything = f"{one.none_at} {one.unit}: 0", f"{one.full_at} {one.unit}: {one.maximum}"
    return f"| {name} | {one.maximum} | {nothing} | {everything} | {one.reason} |"


def main(arguments: Sequence[str]) -> int:
    refuse_arguments("generate_criteria", __doc__, arguments)
    DOCUMENT.write_text(written(DOCUMENT.read_text("utf-8"), formulas()), "utf-8")
    return 0
