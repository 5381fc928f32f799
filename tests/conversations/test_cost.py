"""What tokens cost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from shared.conversations.domain.cost import PRICES, PriceTable, Usage, cost, total_cost

MILLION = 1_000_000
SONNET = "claude-sonnet-5-5"


@pytest.mark.parametrize(
    ("usage", "dollars"),
    [
        (Usage(), "0"),
        (Usage(input_tokens=MILLION), "2"),
        (Usage(cache_write_tokens=MILLION), "2.5"),
        (Usage(cache_read_tokens=MILLION), "0.1"),
        (Usage(output_tokens=MILLION), "10"),
        (Usage(input_tokens=MILLION, batched=True), "1"),
        (Usage(cache_write_tokens=MILLION, batched=True), "2"),
        (Usage(cache_read_tokens=MILLION, batched=True), "0.05"),
        (Usage(output_tokens=MILLION, batched=True), "5"),
        (Usage(3_000, 4_000, 5_000, 600), "0.0225"),
    ],
)
def test_each_kind_of_token_has_its_price(usage: Usage, dollars: str) -> None:
    assert cost(usage, SONNET) == Decimal(dollars)


def test_what_a_batch_keeps_for_an_hour_is_dearer_to_write() -> None:
    assert cost(Usage(cache_write_tokens=MILLION, batched=True), SONNET) == 2


def test_a_long_prompt_is_dearer_as_a_whole_where_the_model_says_so() -> None:
    short = Usage(input_tokens=60_000, cache_read_tokens=40_000, output_tokens=1_000)
    longer = replace(short, input_tokens=60_001)
    assert cost(short, "claude-haiku-5-5") == Decimal("0.0069")
    assert cost(longer, "claude-haiku-5-5") == Decimal("0.0345005")
    assert cost(longer, SONNET) == Decimal("0.134002")


def test_a_dated_name_is_the_same_model_and_an_unknown_one_has_no_price() -> None:
    usage = Usage(input_tokens=MILLION)
    assert cost(usage, f"{SONNET}-20260928") == 2
    assert cost(usage, "claude-sonnet-5") is None
    assert cost(usage, "demonstration-model") is None
    assert total_cost([usage], "demonstration-model") is None


def test_every_request_counts_at_its_own_price() -> None:
    usages = [Usage(input_tokens=MILLION, batched=True), Usage(input_tokens=MILLION)]
    assert total_cost(usages, SONNET) == 3


def test_an_installation_has_its_own_prices() -> None:
    own = PriceTable(date(2027, 1, 1), {"ours": PRICES.models[SONNET]}, batch=Decimal("0.8"))
    assert cost(Usage(output_tokens=MILLION, batched=True), "ours", own) == 8
    assert cost(Usage(output_tokens=MILLION), SONNET, own) is None
