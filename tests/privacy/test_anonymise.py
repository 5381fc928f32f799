"""What stands in place of people and companies, and what is left as it was said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.conversations.domain.conversation import Affiliation, Conversation, Party, Turn
from shared.privacy.domain.anonymise import anonymised

JOE = Party("1", "Joe Smith", "joe.smith@augmentcode.com", Affiliation.INTERNAL)
RITA = Party("2", "Fotheringay-Low, Rita", "rita@acmehealth.test", Affiliation.EXTERNAL)
SILENT = Party(None, "Wei Zhang", "w.zhang@acmehealth.test", Affiliation.EXTERNAL)


def spoken(*said: tuple[str | None, str]) -> Conversation:
    turns = tuple(Turn(speaker, 1000 * n, 1000 * n + 900, text) for n, (speaker, text) in enumerate(said))
    return Conversation("1", None, 1000 * len(said), (JOE, RITA, SILENT), turns)


def text_of(text: str, *companies: str) -> str:
    return anonymised(spoken(("1", text)), companies)[0].text


def test_speakers_are_labelled_in_the_order_in_which_they_speak() -> None:
    said = spoken(("2", "Hello"), ("1", "Hi"), (None, "mm"), ("9", "Who is this?"), ("2", "Me"))
    assert [turn.speaker for turn in anonymised(said)] == [
        "Customer 1",
        "Seller 1",
        "Somebody",
        "Speaker 1",
        "Customer 1",
    ]
    assert [turn.speaker for turn in anonymised(said, turns=range(1, 3))] == ["Seller 1", "Somebody"]


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Joe Smith here, JOE to you", "Seller 1 here, Seller 1 to you"),
        ("Rita Fotheringay-Low or Ms Fotheringay", "Customer 1 or Ms Customer 1"),
        ("I asked Zhang, and Wei  Zhang agreed", "I asked Customer, and Customer agreed"),
        ("Joey saw a blacksmith and smithy", "Joey saw a blacksmith and smithy"),
        ("write to joe.smith@augmentcode.com or a.b+c@x-y.co.uk.", "write to [e-mail address] or [e-mail address]."),
        ("it is rita at acmehealth dot test", "it is [e-mail address]"),
        ("see https://acme.test/a?b=c and www.acme.test", "see [link] and [link]"),
        ("on augmentcode.com/pricing", "on [link]"),
        ("call +44 (0)20 7946-0123 or 555.867.5309", "call [number] or [number]"),
        ("account 10482 and PO-998877", "account [number] and PO-[number]"),
        ("1,200 engineers, 45 minutes, 2026, 30 %", "1,200 engineers, 45 minutes, 2026, 30 %"),
        ("2,500,000 of them, 12-34-56 7", "[number] of them, [number]"),
        ("We at acmehealth and Augmentcode", "We at [company] and [company]"),
    ],
)
def test_names_addresses_links_and_long_numbers_are_replaced(said: str, left: str) -> None:
    assert text_of(said) == left


@pytest.mark.parametrize(
    ("account", "said", "left"),
    [
        ("Northwind Health Inc.", "Northwind Health Inc. and northwind", "[company] and [company]"),
        ("Northwind Health Inc.", "our health, our care", "our health, our care"),
        ("Northwind Health Inc.", "NorthwindHealthInc", "[company]"),
        ("Blue Yonder", "the blue Yonder team", "the [company] team"),
    ],
)
def test_the_account_is_replaced_and_ordinary_words_are_not(account: str, said: str, left: str) -> None:
    assert text_of(said, account) == left


def test_a_line_break_within_a_name_is_no_hiding_place() -> None:
    assert text_of("Joe\nSmith") == "Seller 1"


@given(
    st.lists(
        st.sampled_from(["Joe", "Smith", "joe.smith@augmentcode.com", "ok", "rita@acmehealth.test", "\n", "12345"])
    )
)
def test_no_name_or_address_survives_in_any_order(words: list[str]) -> None:
    left = text_of(" ".join(words)).casefold()
    assert not [trace for trace in ("joe", "smith", "rita", "@", "acmehealth", "12345") if trace in left]


@given(st.text(max_size=300))
def test_any_text_is_taken(said: str) -> None:
    assert isinstance(text_of(said, "Acme"), str)


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Bo here, it is Bo's, and Li's team", "Customer 1 here, it is Customer 1's, and Customer 1's team"),
        ("a bo tree and lithium", "a bo tree and lithium"),
        ("zoe, Zoë, O’Brien and obrien", "Seller 1, Seller 1, Seller 1 and obrien"),
        ("Nunez said Núñez, the Mullers and Mueller", "Seller 1 said Seller 1, the Seller 2 and Seller 2"),
        ("acme soft, AcmeSoft and Acme-Soft's", "[company], [company] and [company]'s"),
        ("zobrien at big dot example dot com", "[e-mail address]"),
    ],
)
def test_a_name_is_known_as_a_transcription_spells_it(said: str, left: str) -> None:
    parties = (
        Party("1", "Bo Li", "bo.li@acme-soft.io", Affiliation.EXTERNAL),
        Party("2", "Zoë O'Brien-Núñez", None, Affiliation.INTERNAL),
        Party("3", "Jean Müller", None, Affiliation.INTERNAL),
    )
    turns = (Turn("1", 0, 900, said), Turn("2", 1000, 1900, "yes"), Turn("3", 2000, 2900, "yes"))
    assert anonymised(Conversation("1", None, 3000, parties, turns))[0].text == left
