"""Reads what a CRM says of a deal into the dimensions that the specification names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from shared.conversations.domain.amount_sizes import size_of
from shared.deals.domain.deal import DOLLARS, NOT_SAID, Described

SIZE: Final = "deal_size"
"""The dimension in which a deal's size stands."""


def words_of(
    account: tuple[str | None, str],
    size: str | None,
    amount: tuple[float | None, str],
    personas: Iterable[Sequence[str | None]],
    products: Iterable[str],
) -> tuple[Described, ...]:
    """Returns the words by dimension. account: its industry, and its name, which often says more than the industry of
    its owner; amount: and its currency; personas: of each person the words, the best first"""
    industry, name = account
    sized = tuple(dict.fromkeys(word for word in (size, _size_by(*amount)) if word))
    people = (tuple(word for word in words if word) for words in personas)
    found = (
        Described("industry", ((industry or NOT_SAID, name),)),
        Described(SIZE, (sized,) if sized else ()),
        Described("buyer_persona", tuple(words for words in people if words)),
        Described("product_line", tuple((product,) for product in products)),
    )
    return tuple(one for one in found if one.several)


def _size_by(value: float | None, currency: str) -> str | None:
    """Returns the size of a deal by its amount; None where that is unknown or in another currency."""
    return None if value is None or currency != DOLLARS else size_of(value)
