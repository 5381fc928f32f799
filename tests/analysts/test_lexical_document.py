"""The document says what is computed."""

from __future__ import annotations

import pytest

from scripts.commands.generate_criteria import DOCUMENT, formulas, written
from shared.analysts.domain.rubric import CRITERIA, Competency


def test_the_formulas_are_current() -> None:
    document = DOCUMENT.read_text("utf-8")
    assert document == written(document, formulas()), "run ./scripts/generate_criteria"


@pytest.mark.parametrize("competency", Competency)
def test_every_competency_has_a_formula_that_sums_to_a_hundred(competency: Competency) -> None:
    assert sum(one.maximum for one in CRITERIA[competency]) == 100
    for one in CRITERIA[competency]:
        assert f"| {one.name.replace('_', ' ')} | {one.maximum} |" in formulas()


def test_a_document_without_its_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="has no lines"):
        written("nothing here", formulas())
