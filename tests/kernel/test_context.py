"""Which skills an observation counts for."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.kernel.context import (
    GENERAL,
    MOST_FULL_CONTEXTS,
    Context,
    ObservedContext,
    context_of,
    counts_for,
    label,
    observed,
    skills_seen,
)
from tests.harness.speed import examples

WORDS = st.sampled_from(["healthcare", "a&b", "x=y", "é", "50 %", "a+b", ";"])
DIMENSIONS = st.sampled_from(["industry", "deal_size", "buyer_persona", "product line"])
OBSERVED = st.dictionaries(DIMENSIONS, st.lists(WORDS, max_size=3)).map(observed)
SKILLS = st.dictionaries(DIMENSIONS, WORDS).map(context_of)


def test_a_call_with_two_personas_belongs_to_each() -> None:
    call = observed({"buyer_persona": ["technical", "executive"], "industry": "healthcare"})

    assert counts_for(call, context_of({"buyer_persona": "technical"}))
    assert counts_for(call, context_of({"buyer_persona": "executive", "industry": "healthcare"}))
    assert not counts_for(call, context_of({"buyer_persona": "procurement"}))
    assert not counts_for(call, context_of({"buyer_persona": "technical", "deal_size": "smb"}))


def test_brings_the_general_skill_each_dimension_and_each_full_context() -> None:
    call = observed({"buyer_persona": ["technical", "executive"], "industry": "healthcare"})

    assert set(skills_seen(call)) == {
        GENERAL,
        context_of({"buyer_persona": "technical"}),
        context_of({"buyer_persona": "executive"}),
        context_of({"industry": "healthcare"}),
        context_of({"buyer_persona": "technical", "industry": "healthcare"}),
        context_of({"buyer_persona": "executive", "industry": "healthcare"}),
    }


def test_too_many_combinations_are_left_to_the_rules() -> None:
    def call(people: int) -> tuple[Context, ...]:
        personas = [f"persona-{number}" for number in range(people)]
        return skills_seen(observed({"buyer_persona": personas, "industry": ["a", "b"]}))

    assert len(call(12)) == 1 + 14 + MOST_FULL_CONTEXTS
    assert len(call(13)) == 1 + 15


@settings(max_examples=examples(80))
@given(OBSERVED, SKILLS)
def test_counts_when_every_named_dimension_is_among_the_values(context: ObservedContext, skill: Context) -> None:
    pairs = {(dimension, value) for dimension, values in context for value in values}

    assert counts_for(context, skill) == (set(skill) <= pairs)
    assert counts_for(context, GENERAL)


@settings(max_examples=examples(80))
@given(OBSERVED)
def test_every_skill_that_it_brings_counts_it(context: ObservedContext) -> None:
    brought = skills_seen(context)

    assert all(counts_for(context, skill) for skill in brought)
    assert len(set(brought)) == len(brought)


def test_empty_values_apply_generally() -> None:
    assert context_of({"industry": None, "deal_size": ""}) == context_of(None) == GENERAL
    assert observed({"industry": None, "deal_size": "", "buyer_persona": ["", "x", "x"]}) == (
        ("buyer_persona", ("x",)),
    )


def test_reads_in_a_sentence() -> None:
    assert label(GENERAL) == "general"
    assert label(context_of({"industry": "healthcare", "deal_size": "enterprise"})) == "enterprise, healthcare"
