"""The labelled deals are the ones that were frozen, and their labels are the framework's words."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.deals.labelled_deals import FIRST_AUTHOR, SECOND_AUTHOR, about, digest, halves, labelled_deals

FRAMEWORK = Path(__file__).resolve().parents[2] / "infra" / "frameworks" / "sales_engineering.yaml"


def words() -> dict[str, set[str]]:
    read = yaml.safe_load(FRAMEWORK.read_text(encoding="utf-8"))
    return {dimension["dimension"]: set(dimension["values"]) for dimension in read["dimensions"]}


AUTHORS = pytest.mark.parametrize("author", [FIRST_AUTHOR, SECOND_AUTHOR], ids=lambda author: author.name)


@AUTHORS
def test_no_record_and_no_label_has_changed_since_the_set_was_frozen(author: Path) -> None:
    assert digest(author) == about(author).digest


def test_the_second_authors_hundred_are_read_on_the_same_day_with_the_same_currencies() -> None:
    first, second = about(FIRST_AUTHOR), about(SECOND_AUTHOR)
    assert (first.today, first.competencies, first.rates) == (second.today, second.competencies, second.rates)
    deals = labelled_deals(SECOND_AUTHOR)
    assert [deal.id for deal in deals] == [f"E{number:03}" for number in range(1, 101)]
    assert 25 <= sum(deal.expected.high_risk for deal in deals) <= 45


def test_two_hundred_deals_are_in_two_halves_that_share_none() -> None:
    tuned, untouched = ({deal.id for deal in half} for half in halves())
    assert len(tuned) == len(untouched) == 100
    assert not tuned & untouched
    assert tuned | untouched == {f"D{number:03}" for number in range(1, 201)}


def test_each_half_has_enough_of_either_answer() -> None:
    for half in halves():
        assert 25 <= sum(deal.expected.high_risk for deal in half) <= 45


@AUTHORS
def test_labels_and_what_was_seen_are_in_the_words_of_the_framework(author: Path) -> None:
    known = words()
    every = set().union(*known.values())
    for deal in labelled_deals(author):
        expected = deal.expected
        assert {expected.industry} - {None} <= known["industry"], deal.id
        assert {expected.deal_size} - {None} <= known["deal_size"], deal.id
        assert expected.buyer_persona <= known["buyer_persona"], deal.id
        assert expected.product_line <= known["product_line"], deal.id
        for seen in deal.engineer.evidence():
            assert set(seen.where) <= every, deal.id
