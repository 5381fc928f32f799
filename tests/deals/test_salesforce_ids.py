"""Ids of 15 and 18 characters."""

from __future__ import annotations

import pytest

from shared.deals.wire.salesforce_ids import eighteen, fifteen, one_deal_id


@pytest.mark.parametrize(
    ("came", "whole"),
    [
        ("001A0000006Vm9r", "001A0000006Vm9rIAC"),
        ("0061Q00000mkU1f", "0061Q00000mkU1fQAE"),
        ("0061Q00000mKu1F", "0061Q00000mKu1FQAS"),
    ],
)
def test_an_id_gets_what_says_its_case_and_keeps_it(came: str, whole: str) -> None:
    assert eighteen(came) == whole
    assert eighteen(whole) == whole


@pytest.mark.parametrize(
    "came", ["", "006", "0061Q00000mkU1fQAS", "0061q00000mku1fQAE", "0061Q00000mkU1f' OR", "0061Q00000mkU1\n"]
)
def test_what_is_no_id_is_none(came: str) -> None:
    """One whose last three say another case among them: somebody folded it on the way."""
    assert eighteen(came) is None


def test_j05_case_tells_records_apart_and_both_lengths_are_one_record() -> None:
    """Two ids that differ by the case of one letter; each with what says its case."""
    assert eighteen("0064x00000DealA") == "0064x00000DealAAAR"
    assert eighteen("0064x00000Deala") == "0064x00000DealaAAB"
    assert fifteen("0064x00000DealAAAR") == fifteen("0064x00000DealA") == "0064x00000DealA"
    assert eighteen("001000000000000") == "001000000000000AAA"


@pytest.mark.parametrize("whole", ["001A0000006Vm9rIAC", "0061Q00000mkU1fQAE", "0061Q00000mKu1FQAS"])
def test_j05_a_case_that_was_lost_altogether_is_repaired(whole: str) -> None:
    assert eighteen(whole.upper()) == whole
    assert eighteen(whole.lower()) == whole


def test_a_deals_id_is_one_with_either_length_and_another_crms_is_left_as_it_is() -> None:
    assert one_deal_id("0061Q00000mkU1f") == one_deal_id("0061Q00000mkU1fQAE") == "0061Q00000mkU1fQAE"
    for other in ("opp_sfdc_12345", "123456789012345", "006", "0061Q00000mkU1fQAS", "001A0000006Vm9r"):
        assert one_deal_id(other) == other


def test_j05_a_case_that_was_lost_in_part_or_a_wrong_letter_is_refused() -> None:
    assert eighteen("0061q00000mku1fQAE") is None
    assert eighteen("0061Q00000MKU1F995") is None
    assert eighteen("006000000000000BAA") is None, "a digit has no case"
