"""Official standards: their three feeds, and every class of defect that the Department's own importer knows."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.frameworks.domain.standard import Category, Standard, StandardKind
from shared.frameworks.domain.standard_checks import judge
from shared.frameworks.domain.standard_defect import Defect, Severity
from shared.frameworks.wire.standard_record import read_record
from shared.frameworks.wire.statement_text import plain_text
from tests.frameworks.standards import apprenticeship, foundation, id_of, statement, unit
from tests.harness.lent import lent

TODAY = date(2026, 3, 10)


def judged(*records: Any, known: list[Standard] | None = None, today: date = TODAY) -> list[Defect]:
    read = [read_record(place, record) for place, record in enumerate(records)]
    found = judge([candidate for candidate, _ in read], known or [], today)
    return [*(defect for _, wrong in read for defect in wrong), *found]


def codes(*records: Any, known: list[Standard] | None = None, today: date = TODAY) -> list[str]:
    return [defect.code for defect in judged(*records, known=known, today=today)]


def standard(record: Any) -> Standard:
    candidate, defects = read_record(0, record)
    assert defects == []
    assert candidate.standard is not None
    return candidate.standard


def test_apprenticeship_shape() -> None:
    """Case apprenticeship_shape: knowledge, skills and behaviours with their codes, duties by id, options."""
    found = standard(apprenticeship())

    assert found.key == "ST9417@1.0"
    assert (found.kind, found.level, found.typical_months) == (StandardKind.APPRENTICESHIP, 3, 18)
    assert [(one.code, one.category) for one in found.statements] == [
        ("K1", Category.KNOWLEDGE),
        ("K2", Category.KNOWLEDGE),
        ("S1", Category.SKILL),
        ("S2", Category.SKILL),
        ("B1", Category.BEHAVIOUR),
    ]
    assert found.by_code["K1"].text == "How an anchor holds & fails."
    assert found.by_code["K2"].text == "Limits of wind:\n- gusts\n- steady wind"
    assert [(duty.core, duty.codes) for duty in found.duties] == [(True, ("K1", "S1", "B1")), (False, ("S2",))]
    assert found.starts == (date(2026, 3, 1), None)
    assert codes(apprenticeship()) == []


def test_an_option_decides_what_a_learner_needs() -> None:
    found = standard(apprenticeship())

    towers = [one.code for one in found.required_of([id_of("towers")])]
    bridges = [one.code for one in found.required_of([id_of("bridges")])]

    assert towers == ["K1", "K2", "S1", "B1"]  # K2 is mapped by no duty, so it is everybody's
    assert bridges == ["K1", "K2", "S1", "S2", "B1"]


def test_foundation_shape() -> None:
    """Case foundation_shape: codes TK1, TS1, ESB1."""
    found = standard(foundation())

    assert [one.code for one in found.statements] == ["TK1", "TS1", "ESB1"]
    assert found.kind is StandardKind.FOUNDATION
    assert codes(foundation()) == []


def test_unit_shape() -> None:
    """A unit has hours instead of months, no behaviours, and a code of funding with letters, or none yet."""
    found = standard(unit())

    assert [one.code for one in found.statements] == ["TK1", "TS1"]
    assert (found.minimum_hours, found.typical_months, found.lars_code) == (60, None, "Z1234ABC")
    assert codes(unit()) == codes(unit(larsCode="")) == codes(unit(larsCode=None)) == []


def without(record: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key != name}


def test_codes_that_the_statements_carry_are_theirs() -> None:
    """Some publishers write the code into the text, and not always in its order."""
    record = apprenticeship(
        skills=[statement("one", "S2: Second.", "skillId"), statement("two", "S1: First.", "skillId")], duties=[]
    )
    assert [(one.code, one.text) for one in standard(record).statements[2:4]] == [("S2", "Second."), ("S1", "First.")]
    mixed = apprenticeship(
        skills=[statement("one", "S2: Second.", "skillId"), statement("two", "First.", "skillId")], duties=[]
    )
    assert [(one.code, one.text) for one in standard(mixed).statements[2:4]] == [
        ("S1", "S2: Second."),
        ("S2", "First."),
    ]


@pytest.mark.parametrize(
    ("code", "record"),
    [
        ("E1001", without(apprenticeship(), "knowledges")),
        ("E1001", apprenticeship(skills=[{"skillId": id_of("s-tie")}], duties=[])),
        ("E1001", without(unit(), "minimumHoursForCompliance")),
        ("E1002", apprenticeship(referenceNumber="9417")),
        ("E1002", foundation(referenceNumber="FA94")),
        ("E1002", apprenticeship(referenceNumber="ST٩٤١٧")),
        ("E1003", apprenticeship(version="1")),
        ("E1003", apprenticeship(version="1.0.1", versionNumber="1.0.1")),
        ("E1005", unit(larsCode="1234")),
        ("S1005", apprenticeship(larsCode="n/a")),
        ("S1005", foundation(larsCode="Z1234ABC")),
        ("S1006", apprenticeship(larsCode=0, status="Retired")),
        ("S1007", apprenticeship(versionNumber="1.1")),
        ("S1008", apprenticeship(title=" Rigger")),
        ("S1009", apprenticeship(status="Live")),
        ("S1010", apprenticeship(earliestStartDate="to be confirmed")),
        ("S1011", apprenticeship(latestStartDate="2026-13-01")),
        ("S1012", apprenticeship(createdDate="soon")),
        ("W1001", apprenticeship(larsCode=0)),
        ("W1002", apprenticeship(status="In development")),
        ("W1003", apprenticeship(options=[], duties=[])),
        ("W1004", apprenticeship(route="Rope and Rigging")),
        ("W2001", without(apprenticeship(), "maxFunding")),
        ("P1002", apprenticeship(level="three")),
        ("P1002", apprenticeship(knowledges={"knowledgeId": "x"})),
        ("P1003", apprenticeship(skills=[{"skillId": "7", "detail": "Ties."}], duties=[])),
        ("P1004", apprenticeship(behaviours=[])),
        ("P1004", apprenticeship(behaviours=[statement("b-stop", "<p>&nbsp;</p>", "behaviourId")])),
    ],
)  # fmt: skip
def test_defect_of_one_record(code: str, record: Any) -> None:
    assert code in codes(record)


def test_a_duty_that_maps_what_is_not_there_is_warned_of() -> None:
    record = apprenticeship()
    record["duties"][0]["mappedKnowledge"] = [id_of("k-anchor"), id_of("nobody's")]

    (found,) = judged(record)

    assert (found.code, found.field) == ("W2002", "duties.0.mappedKnowledge")


def test_two_references_share_a_code() -> None:
    other = apprenticeship(referenceNumber="ST9420")
    assert codes(apprenticeship(), other) == ["E1004"]
    assert codes(other, known=[standard(apprenticeship())]) == ["E1004"]


def second(**changed: Any) -> dict[str, Any]:
    return apprenticeship(**({"version": "1.1", "versionNumber": "1.1", "earliestStartDate": "2026-09-01"} | changed))


FIRST = apprenticeship(status="Retired", latestStartDate="2026-08-31")


def test_versions_that_follow_each_other_are_in_order() -> None:
    assert codes(FIRST, second()) == codes(second(), FIRST) == codes(second(), known=[standard(FIRST)]) == []


@pytest.mark.parametrize(
    ("code", "record"),
    [
        ("S1001", second(larsCode=0)),
        ("S1003", second(version="1.2", versionNumber="1.2")),
        ("S1003", second(version="2.1", versionNumber="2.1")),
        ("S1004", second(earliestStartDate="2026-09-02")),
        ("S1004", second(earliestStartDate=None)),
    ],
)
def test_defect_beside_an_older_version(code: str, record: Any) -> None:
    """Told the same whether the older version is in the platform or, where that can tell, in the same file."""
    assert codes(record, known=[standard(FIRST)]) == [code]


def test_a_code_is_lost_against_what_is_older_in_the_file_or_kept() -> None:
    first = apprenticeship(status="Retired", latestStartDate="2026-08-31")
    assert codes(first, second(larsCode=0)) == ["S1001"]
    assert codes(second(larsCode=0), first) == ["S1001"], "in whichever order the file has them"
    newer = standard(second())
    assert "S1001" not in codes(apprenticeship(larsCode=0, latestStartDate="2026-08-31"), known=[newer])


def test_a_last_day_for_ever_is_a_day_nobody_follows() -> None:
    assert codes(apprenticeship(status="Retired", latestStartDate="9999-12-31"), second()) == ["S1004"]


@pytest.mark.parametrize(
    "value", ["2026-09-01 or so", "20260901", 20260901, "2026-W10-1", "\u0662026-09-01", True, ["x"]]
)
def test_a_day_is_written_in_full_and_alone(value: Any) -> None:
    assert codes(apprenticeship(earliestStartDate=value)) == ["S1010"]


@pytest.mark.parametrize("value", ["2026-03-01", "2026-03-01T00:00:00", "2026-03-01T00:00:00.0000000+01:00", "", None])
def test_days_as_the_feeds_write_them(value: Any) -> None:
    assert codes(apprenticeship(earliestStartDate=value)) == []


def test_two_versions_in_force() -> None:
    both = [apprenticeship(latestStartDate="2026-08-31"), second()]
    assert codes(*both) == ["S1002"]
    assert codes(both[1], known=[standard(both[0])]) == ["S1002"]


def test_the_same_version_twice() -> None:
    (found,) = judged(apprenticeship(), apprenticeship())
    assert (found.code, found.place, str(found)) == (
        "P1001",
        1,
        "record 2 (ST9417 1.0): P1001 version: is that of record 1 already",
    )


def test_options_of_a_version_that_learners_are_on() -> None:
    known = [standard(apprenticeship())]
    renamed = apprenticeship(
        options=[{"optionId": id_of("towers"), "title": "Masts"}, {"optionId": id_of("bridges"), "title": "Bridges"}]
    )
    removed = apprenticeship(options=[{"optionId": id_of("towers"), "title": "Towers"}], duties=[])

    assert codes(renamed, known=known) == ["S1013"]
    assert codes(removed, known=known) == ["S1014"]
    assert codes(apprenticeship(options=[], duties=[]), known=known) == ["W1003", "S1014", "S1014"]


def test_everything_that_is_wrong_is_told_at_once() -> None:
    record = apprenticeship(level=0, title="", earliestStartDate="x", skills=[{"skillId": 4}], duties=[])
    found = judged(record)

    assert {"E1001", "P1002", "P1003", "S1008", "S1010"} <= {defect.code for defect in found}
    assert all(defect.place == 0 and defect.detail for defect in found)


def test_a_warning_keeps_nobody_out() -> None:
    candidate, defects = read_record(0, without(apprenticeship(), "maxFunding"))
    assert [defect.severity for defect in defects] == [Severity.WARNING]
    assert candidate.standard is not None


NAMES = st.text(min_size=1, max_size=8)
PLAIN = st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats(-9, 9) | st.text(max_size=12)
JSON = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3))
FIELDS = st.sampled_from(sorted({*apprenticeship(), *foundation(), *unit(), "versionNumber"}))


@given(st.sampled_from([apprenticeship, foundation, unit]), st.dictionaries(FIELDS, JSON, max_size=4), st.sets(FIELDS))
def test_any_values_give_a_standard_or_say_what_is_wrong(make: Any, changed: dict[str, Any], gone: set[str]) -> None:
    record = {name: value for name, value in (make() | changed).items() if name not in gone}
    candidate, defects = read_record(0, record)
    defects += judge([candidate], [], TODAY)

    assert candidate.standard is not None or any(one.severity is Severity.REFUSED for one in defects)


@pytest.mark.parametrize(
    ("detail", "text"),
    [
        ("Plain.", "Plain."),
        ("<p>One.</p><p>Two.</p>", "One.\nTwo."),
        ("A &lt;b&gt; stays text", "A <b> stays text"),
        ("<script>alert(1)</script>Words<style>p{}</style>", "Words"),
        ("Non\u00a0breaking,\u200b \u202eunseen", "Non breaking, unseen"),
        ("less < more, a<b", "less < more, a<b"),
        ("<ol><li>One</li><li></li><li>Two</li></ol>", "- One\n- Two"),
    ],
)
def test_text_of_a_statement(detail: str, text: str) -> None:
    assert plain_text(detail) == text


CASES = "cases/standards/*.json"


@pytest.mark.lent(CASES)
def test_cases_of_the_field() -> None:
    """Every class of defect of the public importer is told under its code; the shapes give their codes."""
    files = {file.stem: json.loads(file.read_text("utf-8")) for file in lent(CASES)}
    for shape in ("apprenticeship_shape", "foundation_shape"):
        (record,) = files[shape]
        candidate, defects = read_record(0, record)
        found = candidate.standard
        assert found is not None, defects
        expected = record.get("expected_codes", [one.code for one in found.statements])
        assert [one.code for one in found.statements] == expected
    known = [standard(files["apprenticeship_shape"][0])]
    for case in files["official_defects"]["cases"]:
        found_codes = codes(case["record"], known=known)
        assert set(case["expect"].split("/")) & set(found_codes), case["why"]
