"""Says what the tokens of a language model cost, in US dollars.

Prices change and are agreed with customers, so that a table is data with a date; PRICES are the published list prices
of that date, and an installation hands in its own. From https://platform.claude.com/docs/en/about-claude/pricing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

PER = 1_000_000


@dataclass(frozen=True, slots=True)
class Usage:
    """Counts the tokens of one request, by price."""

    input_tokens: int = 0
    cache_write_tokens: int = 0
    cache_read_tokens: int = 0
    output_tokens: int = 0
    batched: bool = False

    def plus(self, other: Usage) -> Usage:
        """Returns both together; batched when either is (a call is never analysed half and half)."""
        return Usage(
            self.input_tokens + other.input_tokens,
            self.cache_write_tokens + other.cache_write_tokens,
            self.cache_read_tokens + other.cache_read_tokens,
            self.output_tokens + other.output_tokens,
            self.batched or other.batched,
        )


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens, asked for at once.

    long_prompt: what every token of a request costs whose prompt, kept parts included, is over `long_above` tokens.
    """

    input: Decimal
    cache_write_5m: Decimal
    cache_write_1h: Decimal
    cache_read: Decimal
    output: Decimal
    long_above: int | None = None
    long_prompt: Price | None = None


@dataclass(frozen=True, slots=True)
class PriceTable:
    """Prices by model as of a day. batch: the share of the price that a message batch costs."""

    as_of: date
    models: Mapping[str, Price]
    batch: Decimal = Decimal("0.5")

    def price(self, model: str) -> Price | None:
        """Returns the model's price, under its name or a dated form of it (`claude-sonnet-5-5-20260928`); None if
        unknown."""
        if model in self.models:
            return self.models[model]
        name, _, dated = model.rpartition("-")
        return self.models.get(name) if len(dated) == 8 and dated.isdecimal() else None


def _price(
    each: str,
    write_5m: str,
    write_1h: str,
    read: str,
    output: str,
    *,
    long_above: int | None = None,
    long_prompt: Price | None = None,
) -> Price:
    write = (Decimal(write_5m), Decimal(write_1h))
    return Price(Decimal(each), *write, Decimal(read), Decimal(output), long_above, long_prompt)


PRICES = PriceTable(
    as_of=date(2026, 10, 24),
    models={
        "claude-sonnet-5-5": _price("2", "2.50", "4", "0.10", "10"),
        "claude-opus-5-5": _price("4", "5", "8", "0.20", "20"),
        "claude-haiku-5-5": _price(
            "0.10",
            "0.125",
            "0.20",
            "0.01",
            "0.50",
            long_above=100_000,
            long_prompt=_price("0.50", "0.625", "1.00", "0.05", "2.50"),
        ),
    },
)


def cost(usage: Usage, model: str, prices: PriceTable = PRICES) -> Decimal | None:
    """Returns what one request cost, exactly; None for a model without a price, which is not the same as nothing.

    What was written to the cache is kept for an hour in a batch and for five minutes else, as ClaudeLanguageModel asks.
    """
    price = prices.price(model)
    if price is None:
        return None
    prompt = usage.input_tokens + usage.cache_write_tokens + usage.cache_read_tokens
    if price.long_prompt is not None and price.long_above is not None and prompt > price.long_above:
        price = price.long_prompt
    dollars = (
        usage.input_tokens * price.input
        + usage.cache_write_tokens * (price.cache_write_1h if usage.batched else price.cache_write_5m)
        + usage.cache_read_tokens * price.cache_read
        + usage.output_tokens * price.output
    ) / PER
    return dollars * prices.batch if usage.batched else dollars


def total_cost(usages: Iterable[Usage], model: str, prices: PriceTable = PRICES) -> Decimal | None:
    """Returns what several requests cost, each at its own price (a batch's beside one that was asked again at once)."""
    costs = [cost(one, model, prices) for one in usages]
    return None if any(one is None for one in costs) else sum((one for one in costs if one is not None), Decimal(0))
