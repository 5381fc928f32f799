"""What a person reads beside a rating."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from functions.portal.shell import words
from shared.frameworks.domain.parameters import Lean, Parameters
from shared.kernel.context import context_of
from shared.ratings.domain.explanation import explain, points, title, to_raise_confidence
from shared.ratings.domain.leaning import is_beside
from shared.ratings.domain.projection import Projection
from tests.ratings.builders import GENERAL_DISCOVERY, TODAY, field, framework, lesson, practice, rated, state

OLD = TODAY - 61
CURRENT = "An observation in the field, or two practice sessions, would give a current rating."


@pytest.mark.parametrize(
    ("events", "sentence"),
    [
        ([], "Nothing has been observed yet."),
        (
            [lesson(None)],
            "Learning was recorded, without a quiz of the last 90 days; nothing has been observed yet.",
        ),
        ([lesson(70)], "A baseline from a learning quiz alone (0 of 2 validation events for a rating)."),
        ([practice(70)], "A baseline from a single validation event (1 of 2 for a rating)."),
        (
            [practice(70), practice(70)],
            "Rated on 2 validation events; nothing has been seen in the field in the last 90 days.",
        ),
        ([field(70)], "Rated on 1 field observation alone; there is no practice in the last 90 days."),
        (
            [field(70), practice(70)],
            "Blends 1 field observation (70 %) with 1 validation event (30 %): fewer than 3 come from the field.",
        ),
        (
            [field(70), field(70), field(70), field(70)],
            "Rated on 4 field observations of the last 90 days alone: the field is ground truth.",
        ),
        (
            [field(70), field(70), field(70), practice(70)],
            "Rated on 3 field observations of the last 90 days alone: the field is ground truth, so 1 validation event "
            "does not count. With the third field observation practice stopped counting, so a step now says little.",
        ),
        (
            [field(70, TODAY - 91)],
            "Last known rating: nothing by field or validation was observed in the last 90 days, so it is stale and "
            "its confidence unknown.",
        ),
        (
            [practice(70, TODAY - 91)],
            "A baseline of long ago and no rating: nothing by field or validation was observed in the last 90 days, "
            "and too little before.",
        ),
    ],
)
def test_one_sentence_per_branch(events: list, sentence: str) -> None:  # type: ignore[type-arg]
    assert explain(rated(*events)) == sentence


def test_what_is_apart_contradicted_or_waiting_is_added() -> None:
    apart = rated(*[practice(92) for _ in range(3)], *[field(71) for _ in range(4)])
    contradicted = rated(
        *[practice(80) for _ in range(3)], *[field(74) for _ in range(4)], of=framework(GENERAL_DISCOVERY)
    )
    waiting = rated(field(70), field(60, standing="held"))

    assert explain(apart).endswith(" Practice 92 and field 71 are apart.")
    assert explain(contradicted).endswith(" Practice meets its bar and the field misses its own.")
    assert explain(waiting).endswith(" 1 observation waits for a person's review.")


def test_an_interval_beside_the_rating_says_why() -> None:
    assert explain(rated(field(20))).endswith(
        " The level in the field lies beside it, between 47 and 65 with 80 % probability: scores are weighed against "
        "what is usual."
    )
    assert "beside" not in explain(rated(field(70)))


@pytest.mark.parametrize(
    ("events", "advice"),
    [
        ([], "An observation in the field, or two practice sessions, would give a current rating."),
        (
            [field(70, TODAY - 91)],
            "An observation in the field, or two practice sessions, would give a current rating.",
        ),
        ([practice(70)], "1 more validation event would give a rating (1 of 2)."),
        ([lesson(70)], "2 more validation events would give a rating (0 of 2)."),
        ([practice(70), practice(70)], "3 more validation events, or a field observation, would make it medium."),
        ([practice(70) for _ in range(5)], "10 more field observations would make it high."),
        ([field(70)], "2 more field observations, or a validation event, would make it medium."),
        ([field(70), practice(70)], "9 more field observations would make it high."),
        ([field(70) for _ in range(7)], "3 more field observations would make it high."),
        ([field(70, OLD) for _ in range(4)], "A new field observation would: the newest is over 60 days old."),
        ([field(70, OLD) for _ in range(10)], "A new field observation would: the newest is over 60 days old."),
        ([field(70, OLD), practice(70, OLD)], "A new observation would: the newest is over 60 days old."),
        ([practice(70, OLD) for _ in range(5)], "A new observation would: the newest is over 60 days old."),
        ([field(70) for _ in range(10)], None),
    ],
)
def test_what_would_raise_the_confidence(events: list, advice: str | None) -> None:  # type: ignore[type-arg]
    assert to_raise_confidence(rated(*events)) == advice


CONFIDENCES = ["unknown", "low", "medium", "high"]


@pytest.mark.parametrize(
    ("events", "further"),
    [
        ([practice(70)], [practice(70)]),
        ([practice(70) for _ in range(2)], [practice(70) for _ in range(3)]),
        ([practice(70) for _ in range(2)], [field(70)]),
        ([practice(70) for _ in range(5)], [field(70) for _ in range(10)]),
        ([field(70)], [practice(70)]),
        ([field(70)], [field(70) for _ in range(2)]),
        ([field(70), practice(70)], [field(70) for _ in range(9)]),
        ([field(70, OLD) for _ in range(4)], [field(70)]),
        ([practice(70, OLD) for _ in range(5)], [practice(70)]),
        ([field(70, OLD), practice(70, OLD)], [practice(70)]),
    ],
)
def test_what_is_advised_does_raise_it(events: list, further: list) -> None:  # type: ignore[type-arg]
    before, after = rated(*events), rated(*events, *further)

    assert CONFIDENCES.index(after.confidence) > CONFIDENCES.index(before.confidence)


def test_points_and_titles() -> None:
    of = framework()
    healthcare = rated(field(70, industry="healthcare"), context=context_of({"industry": "healthcare"}))

    assert [points(8250), points(8200), points(8201), points(None)] == [82.5, 82, 82.01, None]
    assert title(healthcare, of) == "Discovery (healthcare)"
    assert title(healthcare._replace(context="", competency="juggling"), of) == "juggling"


def leaning(**by: float) -> Parameters:
    """Each of some scorers leans by so many points, which is learnt."""
    return Parameters(scorers={scorer: Lean(bias, 1, pairs=40) for scorer, bias in by.items()})


@pytest.mark.parametrize(
    ("events", "parameters", "why"),
    [
        ([field(73)] * 9, leaning(gong=-12), "gong scores 12 points low"),
        ([field(88)] * 9, leaning(gong=12.25), "gong scores 12.3 points high"),
        ([field(20)], leaning(gong=-4), "gong scores 4 points low and scores are weighed against what is usual"),
        ([field(20)], leaning(gong=4), "scores are weighed against what is usual"),
        ([field(20)], Parameters(scorers={"gong": Lean(-4, 4)}), "scores are weighed against what is usual"),
        ([field(20)], leaning(elsewhere=-4), "scores are weighed against what is usual"),
        ([field(20, human=1)], leaning(gong=-4), "scores are weighed against what is usual"),
        (
            [*[field(70, source="a")] * 6, *[field(70, source="b")] * 6],
            leaning(a=-14, b=-12),
            "a scores 14 points low and b scores 12 points low",
        ),
        (
            [practice(20)] * 3,
            leaning(**{"voice-roleplay": -4}),
            "voice-roleplay scores 4 points low and scores are weighed",
        ),
    ],
    ids=[
        "low",
        "high",
        "both",
        "leans the other way",
        "not learnt",
        "of another",
        "a person's score",
        "two",
        "practice",
    ],
)
def test_a_level_beside_the_rating_names_the_scorers_that_lean(
    events: list[Any], parameters: Parameters, why: str
) -> None:
    several = [replace(one, source_id=f"{number}") for number, one in enumerate(events)]
    projection = Projection(state(*several), framework(), parameters, TODAY)
    row = projection.row("discovery", "")
    assert is_beside(row)
    assert f" with 80 % probability: {why}" in explain(row, leaning=projection.leaning(row))
    called = explain(row, leaning=projection.leaning(row), named=words.scorer)
    for scorer in parameters.scorers:
        why = why.replace(f"{scorer} scores", f"{words.scorer(scorer)} scores")
    assert why in called
