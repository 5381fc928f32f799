"""Ids of 15 and 18 characters."""

from __future__ import annotations

import pytest

from shared.deals.wire.salesforce_ids import eighteen


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
