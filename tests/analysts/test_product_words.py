"""A framework says which of its dimensions holds the product's words; nobody knows one by its name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.analysts.claude.doubts import DOUBTED_CONFIDENCE, doubted
from shared.analysts.claude.view import AnalystSettings, View
from shared.analysts.lexical.lexicon import VOCABULARY, Vocabulary, vocabulary_of
from shared.conversations.domain.call_analysis import JudgedScore
from shared.conversations.domain.conversation import quote
from shared.frameworks.contract import DimensionBody
from shared.frameworks.domain.framework import Dimension, framework_from_dict
from tests.analysts.sales_call import BUYER, SELLER, call
from tests.ratings.builders import GENERAL_DISCOVERY, framework

OFFERING = Dimension("offering", ("quillbox",), (("feather_press", "quillbox"),))
GAIN = "Quillbox saves two days in every month, so the books close sooner."


def words(*dimensions: Dimension) -> set[str]:
    found = vocabulary_of(replace(framework(GENERAL_DISCOVERY), dimensions=dimensions))
    return set(found.product) - set(VOCABULARY.product)


def test_the_framework_declares_where_its_products_are_named() -> None:
    declared = replace(OFFERING, names_products=True)
    assert words(declared) == {"quillbox", "feather press"}
    assert words(OFFERING, replace(OFFERING, dimension="product_line")) == set()
    assert words(replace(OFFERING, dimension="product_line"), declared) == {"quillbox", "feather press"}


def test_what_is_declared_is_kept_and_read_again() -> None:
    kept = replace(framework(GENERAL_DISCOVERY), dimensions=(replace(OFFERING, names_products=True),))
    assert framework_from_dict(kept.to_dict()) == kept
    assert DimensionBody(values=["quillbox"]).names_products is None


@pytest.mark.parametrize(
    ("vocabulary", "waits"),
    [
        (VOCABULARY, True),
        (
            vocabulary_of(replace(framework(GENERAL_DISCOVERY), dimensions=(replace(OFFERING, names_products=True),))),
            False,
        ),
    ],
    ids=["of nobody's products", "of the framework's"],
)
def test_doubts_count_with_the_frameworks_words(vocabulary: Vocabulary, waits: bool) -> None:
    spoken = call([(BUYER, "Go on."), (SELLER, GAIN), (BUYER, "I see.")])
    view = View.of(spoken, SELLER, AnalystSettings())
    score = JudgedScore("value_articulation", 70, 0.9, (quote(view.conversation, 1, 0, len(GAIN)),), "Names a gain.")
    (judged,), _ = doubted(view, SELLER, [score], (), ("discovery",), vocabulary)
    assert (judged.confidence == DOUBTED_CONFIDENCE) is waits
