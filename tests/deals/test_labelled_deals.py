"""The labelled deals are the ones that were frozen, and their labels are the framework's words."""

from __future__ import annotations

from pathlib import Path

import yaml

from tests.deals.labelled_deals import about, digest, halves, labelled_deals

FRAMEWORK = Path(__file__).resolve().parents[2] / "infra" / "frameworks" / "sales_engineering.yaml"


def words() -> dict[str, set[str]]:
    read = yaml.safe_load(FRAMEWORK.read_text(encoding="utf-8"))
    return {dimension["dimension"]: set(dimension["values"]) for dimension in read["dimensions"]}


def test_no_record_and_no_label_has_changed_since_the_set_was_frozen() -> None:
    assert digest() == about().digest


def test_two_hundred_deals_are_in_two_halves_that_share_none() -> None:
    tuned, untouched = ({deal.id for deal in half} for half in halves())
    assert len(tuned) == len(untouched) == 100
    assert not tuned & untouched
    assert tuned | untouched == {f"D{number:03}" for number in range(1, 201)}


def test_each_half_has_enough_of_either_answer() -> None:
    for half in halves():
        assert 25 <= sum(deal.expected.high_risk for deal in half) <= 45


def test_labels_and_what_was_seen_are_in_the_words_of_the_framework() -> None:
    known = words()
    every = set().union(*known.values())
    for deal in labelled_deals():
        expected = deal.expected
        assert {expected.industry} - {None} <= known["industry"], deal.id
        assert {expected.deal_size} - {None} <= known["deal_size"], deal.id
        assert expected.buyer_persona <= known["buyer_persona"], deal.id
        assert expected.product_line <= known["product_line"], deal.id
        for seen in deal.engineer.evidence():
            assert set(seen.where) <= every, deal.id
