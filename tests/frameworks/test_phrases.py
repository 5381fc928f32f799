"""What free words mean, by the phrases that a framework gives for each value."""

from __future__ import annotations

import pytest

from shared.frameworks.domain.framework import Dimension, framework_from_dict
from shared.frameworks.domain.phrases import MOST_LETTERS, PhraseGroup, reader_of
from tests.ratings.builders import framework

MEANING = reader_of(
    (
        PhraseGroup("buys", ("purchas*", "*einkauf")),
        PhraseGroup("secures", ("information security", "ciso")),
        PhraseGroup("leads", ("vp", "geschaftsfuhr*", "direction")),
        PhraseGroup("builds", ("engineer*", "*bau*", "r d")),
    )
)


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("Purchasing Manager", "buys"),
        ("Leiter Konzerneinkauf", "buys"),
        ("VP, Purchasing", "buys"),  # the first group that is found decides
        ("VP, Information Security", "secures"),
        ("Information and Network Security", None),  # its words follow each other, or it is not there
        ("VP of Engineering", "leads"),
        ("Geschäftsführerin", "leads"),
        ("GESCHÄFTSFÜHRER", "leads"),
        ("Ingénieure en chef / Engineers", "builds"),
        ("Tiefbauamt", "builds"),
        ("Head of R&D", "builds"),
        ("Re-engineering", "builds"),
        ("MVP", None),
        ("Directions", None),
        ("", None),
        ("…", None),
    ],
)
def test_the_meaning_of_free_words(text: str, means: str | None) -> None:
    assert MEANING(text) == means


def test_words_that_join_others_stand_in_no_phrases_way() -> None:
    read = reader_of([PhraseGroup("x", ("chambre commerce", "chamber of commerce"))])
    assert {read("Chambre de Commerce"), read("Chamber of Commerce"), read("chamber commerce")} == {"x"}


def test_what_stands_far_behind_is_not_read() -> None:
    assert MEANING("a " * MOST_LETTERS + "vp") is None
    assert MEANING("vp " * MOST_LETTERS) == "leads"


def test_a_phrase_without_a_word_is_in_nothing() -> None:
    assert reader_of([PhraseGroup("x", ("of the", "&"))])("of the & anything") is None


def test_values_and_aliases_count_before_phrases() -> None:
    dimension = Dimension(
        "role", ("leads", "buys"), (("vp purchasing", "leads"),), phrases=(PhraseGroup("buys", ("*",)),)
    )
    assert dimension.map("VP Purchasing") == ("leads", True)
    assert dimension.map("leads") == ("leads", True)
    assert dimension.map("whatever") == ("buys", True)
    assert Dimension("role", ("leads",)).map("VP Purchasing") == ("VP Purchasing", False)


def test_a_framework_keeps_its_phrases_and_what_is_at_stake_over_its_document() -> None:
    written = {
        **framework().to_dict(),
        "dimensions": [{"dimension": "role", "values": ["x"], "phrases": [{"means": "x", "phrases": ["y*", "z"]}]}],
        "required_by_stage": {"start": ["discovery"]},
        "stage_phrases": [{"means": "start", "phrases": ["begin*"]}],
        "little_at_stake": {"role": "yes"},
    }
    read = framework_from_dict(written)
    assert read.stage_named("Beginning") == read.stage_named("START ") == "start"
    assert read.little_at_stake == (("role", "x"),)
    assert framework_from_dict(read.to_dict()) == read
