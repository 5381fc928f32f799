"""Sorting a person's observations all at once, as columns of a table, is the same as one after the other."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.frameworks.domain.framework import Framework
from shared.kernel.context import ObservedContext, observed
from shared.kernel.days import SECONDS_PER_DAY
from shared.observations.domain.observation import NO_SCORE, Kind, Observation, Score, Standing
from shared.ratings.domain.grouping import Group, Grouping
from shared.ratings.domain.projection import DecodedState
from tests.harness.speed import examples
from tests.ratings.builders import (
    GENERAL_DISCOVERY,
    PLATFORM_KNOWLEDGE,
    TODAY,
    field,
    framework,
    practice,
    state,
)

SALES = framework(
    GENERAL_DISCOVERY,
    PLATFORM_KNOWLEDGE,
    competencies=("discovery", "product_knowledge", "closing"),
    aliases={"discovery": ("needs_analysis",)},
)
VARIANCE = {"gong": 6.25}

words = st.sampled_from(["discovery", "product_knowledge", "closing", "needs_analysis", "juggling"])
hundredths = st.sampled_from([NO_SCORE, 0, 5000, 7499, 7500, 10_000])
contexts = st.sampled_from(
    [
        observed({}),
        observed({"industry": "retail"}),
        observed({"industry": ["retail", "healthcare"]}),
        observed({"industry": "healthcare", "product_line": "platform-v2"}),
    ]
)
kinds: st.SearchStrategy[Kind] = st.sampled_from(["field", "validation", "learning"])
standings: st.SearchStrategy[Standing] = st.sampled_from(["counted", "counted", "held", "rejected"])


@st.composite
def scores(draw: st.DrawFn) -> tuple[Score, ...]:
    """Several words about one skill, one word in several contexts, scores without a number."""
    chosen: dict[tuple[str, ObservedContext], Score] = {}
    for word in draw(st.lists(words, min_size=1, max_size=4)):
        context = draw(contexts)
        chosen[word, context] = Score(word, draw(hundredths), context)
    return tuple(chosen.values())


@st.composite
def histories(draw: st.DrawFn) -> list[Observation]:
    return [
        Observation(
            kind=draw(kinds),
            at=(TODAY - draw(st.integers(0, 30))) * SECONDS_PER_DAY + number,
            source=draw(st.sampled_from(["gong", "lab"])),
            source_id=f"s{number}",
            activity=draw(st.sampled_from(["role_play", "certification_exam"])),
            scores=draw(scores()),
            standing=draw(standings),
        )
        for number in range(draw(st.integers(0, 12)))
    ]


def picture(of: Grouping) -> dict[tuple[str, str], object]:
    """Everything that a group says, of those that say something."""

    def said(group: Group) -> tuple[object, ...]:
        return (
            [list(days) for days in group.days],
            [list(occasions.errors) for occasions in group.occasions],
            [list(column) for column in group.scores],
            group.last,
            list(group.exams),
            group.held,
        )

    nothing = said(Group())
    everything = {(c, skill): said(group) for c, skills in of.groups.items() for skill, group in skills.items()}
    return {key: group for key, group in everything.items() if group != nothing}


@settings(max_examples=examples(200), deadline=None)
@given(histories(), st.sampled_from([None, VARIANCE]), st.integers(0, 12))
def test_all_at_once_is_one_after_the_other(
    events: list[Observation], variance: dict[str, float] | None, at_once: int
) -> None:
    standing = DecodedState(state(*events)).standing()
    bulk = Grouping(SALES, scorer_variance=variance)
    bulk.add_all(standing)
    each = Grouping(SALES, scorer_variance=variance)
    each.add_all(standing[:at_once])
    for at, _, array in standing[at_once:]:
        each.add(at, array)
    assert picture(bulk) == picture(each)


def test_skills_that_the_same_events_count_for_share_their_occasions() -> None:
    both = (Score("discovery", 8000), Score("closing", 7000))
    events = [field(0, TODAY - age, source_id=f"c{age}", scores=both) for age in (9, 5)]
    apart = practice(90, TODAY - 2, competency="closing")
    grouping = Grouping(SALES)
    grouping.add_all(DecodedState(state(*events, apart)).standing())
    discovery, closing = grouping.groups["discovery"][""], grouping.groups["closing"][""]
    assert discovery.occasions[0] is closing.occasions[0]
    assert (list(discovery.scores[0]), list(closing.scores[0])) == ([8000, 8000], [7000, 7000])
    assert (list(discovery.scores[1]), list(closing.scores[1])) == ([], [9000])


def test_one_more_event_leaves_the_occasions_of_other_skills_alone() -> None:
    both = (Score("discovery", 8000), Score("closing", 7000))
    grouping = Grouping(SALES)
    grouping.add_all(DecodedState(state(field(0, TODAY - 9, source_id="c1", scores=both))).standing())
    ((at, _, array),) = DecodedState(state(field(60, TODAY, source_id="c2"))).standing()
    grouping.add(at, array)
    assert list(grouping.groups["discovery"][""].days[0]) == [TODAY - 9, TODAY]
    assert list(grouping.groups["closing"][""].days[0]) == [TODAY - 9]


def test_where_events_of_a_shape_go_is_remembered_for_one_version_of_a_framework() -> None:
    entry = practice(90, TODAY - 2, competency="pitching")
    standing = DecodedState(state(entry)).standing()
    of: Framework = SALES
    Grouping(of).add_all(standing)
    renamed = replace(of, competencies=(replace(of.competencies[0], aliases=("pitching",)), *of.competencies[1:]))
    grouping = Grouping(renamed)
    grouping.add_all(standing)
    assert list(grouping.groups["discovery"][""].scores[1]) == [9000]
