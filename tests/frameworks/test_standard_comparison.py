"""What changed between two texts of a standard, and between two plans."""

from __future__ import annotations

from typing import Any

from shared.frameworks.domain.standard import Standard
from shared.frameworks.domain.standard_comparison import Change, compare, compare_plans
from shared.frameworks.wire.standard_record import read_record
from shared.taxonomy.plan_contract import PlanBody
from tests.frameworks.standards import apprenticeship, plan, planned, statement


def read(**changed: Any) -> Standard:
    candidate, _ = read_record(0, apprenticeship(**changed))
    assert candidate.standard is not None
    return candidate.standard


def skills(*told: tuple[str, str]) -> list[dict[str, Any]]:
    return [statement(name, detail, "skillId") for name, detail in told]


def test_the_same_text_differs_in_nothing() -> None:
    found = compare(read(), read())

    assert (found.facts, found.statements, found.duties, found.moved) == ((), (), (), ())


def test_statements_are_added_changed_and_dropped() -> None:
    after = read(skills=skills(("s-tie", "Ties a bowline."), ("s-new", "Cuts a rope.")), duties=[])

    found = compare(read(), after)

    assert found.statements == (
        Change("S1", "Ties a figure of eight.", "Ties a bowline."),
        Change("S2", None, "Cuts a rope."),
        Change("S2", "Tensions a line across a span.", None),
    )
    assert [(one.before is None, one.after is None) for one in found.duties] == [(False, True), (False, True)]


def test_a_statement_that_moved_is_neither_added_nor_dropped() -> None:
    moved = skills(("s-tension", "Tensions a line across a span."), ("s-tie", "Ties a figure of eight."))

    found = compare(read(), read(skills=moved))

    assert found.statements == ()
    assert found.moved == (("S2", "S1"), ("S1", "S2"))


def test_a_statement_that_moved_and_changed_says_which_it_was() -> None:
    found = compare(read(), read(skills=skills(("s-new", "Cuts a rope."), ("s-tie", "Ties a bowline."))))

    assert found.statements[1] == Change("S2 (was S1)", "Ties a figure of eight.", "Ties a bowline.")


def test_a_republished_id_with_the_same_words_is_the_same_statement() -> None:
    again = skills(("other-1", "Ties a figure of eight."), ("other-2", "Tensions a line across a span."))

    assert compare(read(), read(skills=again)).statements == ()


def test_what_else_is_said_is_compared() -> None:
    found = compare(read(), read(title="Rigger (invented)", typicalDuration=24, status="Retired"))

    assert [(one.what, one.before, one.after) for one in found.facts] == [
        ("Title", "Rope access rigger (invented)", "Rigger (invented)"),
        ("Takes, in months", "18", "24"),
        ("Status", "Approved for delivery", "Retired"),
    ]


def test_two_plans_differ_in_their_words_and_statement_by_statement() -> None:
    former = PlanBody.model_validate(plan(statements=[planned("K1"), planned("S1")])).meant()
    words = plan()["words"] | {"gateway": "EPA gateway"}
    after = PlanBody.model_validate(
        plan(version="2.0", words=words, statements=[planned("K1", mandatory=True), planned("K2")])
    ).meant()

    found = compare_plans(former, after)

    assert found[0] == Change("The gateway", "gateway to completion", "EPA gateway")
    assert [(one.what, one.before is None, one.after is None) for one in found[1:]] == [
        ("K1", False, False), ("K2", True, False), ("S1", False, True)
    ]  # fmt: skip
    assert compare_plans(former, former) == ()
