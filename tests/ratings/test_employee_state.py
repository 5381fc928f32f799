"""What is remembered of a person gives the ratings that the person's entries give, decoded and grouped anew."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.kernel.context import Context, decode_skill
from shared.observations.domain.entry import Entry
from shared.observations.domain.observation import Observation
from shared.ratings.domain.projection import PersonScores, Projection, rate_together
from shared.ratings.usecases.employee_state import EmployeeState, RememberedStates
from tests.harness.speed import examples
from tests.ratings.builders import (
    GENERAL_DISCOVERY,
    PARAMETERS,
    PLATFORM_KNOWLEDGE,
    TODAY,
    exam,
    field,
    framework,
    lesson,
    practice,
    state,
)

FRAMEWORK = framework(GENERAL_DISCOVERY, PLATFORM_KNOWLEDGE)
SKILLS = [
    ("discovery", ""),
    ("discovery", "industry=healthcare"),
    ("discovery", "deal_size=smb&industry=healthcare"),
    ("product_knowledge", "product_line=platform-v2"),
]

days = st.integers(TODAY - 200, TODAY + 1)
scores = st.integers(0, 100)
contexts = st.sampled_from([{}, {"industry": "hospital"}, {"industry": "healthcare", "deal_size": "smb"}])


@st.composite
def observations(draw: st.DrawFn) -> Observation:
    """Calls and their corrections, practice, exams of the perishable skill, lessons: late, tied or of tomorrow."""
    day, score, context = draw(days), draw(scores), draw(contexts)
    kind = draw(st.sampled_from(["practice", "call", "exam", "lesson"]))
    if kind == "call":
        number = draw(st.integers(1, 4))
        standing = draw(st.sampled_from(["counted", "counted", "held", "rejected"]))
        version = draw(st.integers(0, 2))
        return field(score, TODAY - number, source_id=f"call-{number}", analysis=version, standing=standing, **context)
    if kind == "exam":
        return exam(score, day, competency="product_knowledge", product_line="platform-v2")
    return practice(score, day, **context) if kind == "practice" else lesson(score, day, **context)


def assert_rated_as_anew(remembered: EmployeeState, entries: dict[str, str], as_of: int) -> None:
    assert remembered.entries == entries
    extra: dict[str, tuple[Context, ...]] = {}
    for competency, skill in SKILLS:
        extra[competency] = (*extra.get(competency, ()), decode_skill(skill))
    anew = Projection(entries, FRAMEWORK, PARAMETERS, as_of, extra=extra)
    anew.rows()  # all together, in columns; what is remembered is rated skill by skill
    projection = remembered.projection(FRAMEWORK, PARAMETERS, as_of)
    assert [projection.row(*skill) for skill in SKILLS] == [anew.row(*skill) for skill in SKILLS]
    assert [projection.progress(*skill) for skill in SKILLS] == [anew.progress(*skill) for skill in SKILLS]


@settings(max_examples=examples(80), deadline=None)
@given(st.lists(observations(), max_size=25), st.integers(0, 25))
def test_event_after_event_rates_as_the_whole_set_does(events: Sequence[Observation], known: int) -> None:
    entries = state(*events[:known])
    remembered = EmployeeState(entries)
    assert_rated_as_anew(remembered, entries, TODAY)
    for event in events[known:]:
        key, text = event.entry()
        entries[key] = text
        remembered.add(key, text)
        assert_rated_as_anew(remembered, entries, TODAY)
    assert_rated_as_anew(remembered, entries, TODAY + 1)


@settings(max_examples=examples(40), deadline=None)
@given(st.lists(observations(), max_size=12), st.lists(observations(), max_size=12))
def test_what_others_recorded_meanwhile_is_taken_in(
    before: Sequence[Observation], since: Sequence[Observation]
) -> None:
    states = RememberedStates()
    taken = states.take("joe", state(*before))
    assert_rated_as_anew(taken, state(*before), TODAY)
    states.keep("joe", taken)

    everything = state(*before, *since)
    again = states.take("joe", everything)
    assert again is taken
    assert_rated_as_anew(again, everything, TODAY)


def test_what_the_store_does_not_have_is_forgotten() -> None:
    states = RememberedStates()
    stored = state(practice(80))
    taken = states.take("joe", stored)
    taken.add(*practice(20, TODAY - 1).entry())  # and the commit failed
    states.keep("joe", taken)

    assert_rated_as_anew(states.take("joe", stored), stored, TODAY)


def test_a_state_is_with_one_event_at_a_time() -> None:
    states = RememberedStates()
    stored = state(practice(80))
    states.keep("joe", states.take("joe", stored))

    first, second = states.take("joe", stored), states.take("joe", stored)

    assert first is not second
    first.add(*practice(20).entry())
    assert_rated_as_anew(second, stored, TODAY)


def test_people_without_an_event_for_longest_leave_first() -> None:
    stored = state(*(practice(80, TODAY - day) for day in range(10)))
    size = EmployeeState(stored).size
    states = RememberedStates(most_bytes=4 * size)
    kept = {}
    for name in ("ada", "ben", "cem", "dua", "eve"):
        kept[name] = states.take(name, stored)
        states.keep(name, kept[name])

    assert [name for name in kept if states.take(name, stored) is kept[name]] == ["cem", "dua", "eve"]


def test_what_is_made_of_a_state_takes_at_most_forty_times_its_size() -> None:
    context = {"industry": "healthcare", "deal_size": "smb", "buyer_persona": "technical"}
    EmployeeState({}).projection(FRAMEWORK, PARAMETERS, TODAY).rows()
    tracemalloc.start()
    try:
        remembered = EmployeeState({})
        for age in range(50, 0, -1):
            remembered.projection(FRAMEWORK, PARAMETERS, TODAY - age)
            remembered.add(*(practice if age % 2 else field)(80, TODAY - age, **context).entry())
            projection = remembered.projection(FRAMEWORK, PARAMETERS, TODAY - age)
            rate_together([(projection, projection.listed_of(projection.scores.entries))])
        gc.collect()
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert taken < 40 * remembered.size


def test_before_and_after_an_event_are_rated_together() -> None:
    remembered = EmployeeState(state(practice(80, TODAY - 2)))
    before = remembered.projection(FRAMEWORK, PARAMETERS, TODAY)
    remembered.add(*practice(60, TODAY - 1).entry())
    after = remembered.projection(FRAMEWORK, PARAMETERS, TODAY)
    rate_together([(before, SKILLS), (after, SKILLS)])

    assert [one.row("discovery", "").validation for one in (before, after)] == [1, 2]
    assert_rated_as_anew(remembered, remembered.entries, TODAY)


@settings(max_examples=examples(20), deadline=None)
@given(
    st.lists(
        st.tuples(st.lists(observations(), max_size=8), st.sets(st.sampled_from(SKILLS), min_size=1), st.booleans()),
        min_size=1,
        max_size=5,
    )
)
def test_people_rated_together_have_the_rows_that_each_has_alone(
    people: list[tuple[list[Observation], set[tuple[str, str]], bool]],
) -> None:
    other = framework(GENERAL_DISCOVERY)

    def projections() -> list[Projection]:
        return [
            Projection(state(*observed), other if elsewhere else FRAMEWORK, PARAMETERS, TODAY - number)
            for number, (observed, _, elsewhere) in enumerate(people)
        ]

    together, alone = projections(), projections()
    wanted = [skills for _, skills, _ in people]
    rate_together(zip(together, wanted, strict=True))
    for one, by_itself, skills in zip(together, alone, wanted, strict=True):
        assert not one.unrated(skills)
        for skill in skills:
            assert one.row(*skill) == by_itself.row(*skill)
            assert one.progress(*skill) == by_itself.progress(*skill)


def test_only_what_is_late_among_its_own_kind_costs_all_scores_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[int] = []
    of = PersonScores.of

    def counting(entries: Sequence[Entry], *rest: Any) -> PersonScores:
        taken.append(len(entries))
        return of(entries, *rest)

    monkeypatch.setattr(PersonScores, "of", counting)
    remembered = EmployeeState(state(practice(80, TODAY - 2), field(70, TODAY - 9, source_id="call-1")))
    remembered.projection(FRAMEWORK, PARAMETERS, TODAY)

    remembered.add(*field(60, TODAY - 5, source_id="call-2").entry())
    remembered.projection(FRAMEWORK, PARAMETERS, TODAY)
    assert taken == [2]
    remembered.add(*field(60, TODAY - 7, source_id="call-3").entry())
    remembered.projection(FRAMEWORK, PARAMETERS, TODAY)
    assert taken == [2, 4]
