"""The engine against the plain oracle, and many people at once as each alone: the same rows, byte for byte."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import repeat
from random import Random
from threading import Barrier
from time import sleep
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.frameworks.domain.framework import Framework, Rule
from shared.frameworks.domain.framework_index import index_of
from shared.frameworks.domain.parameters import Lean, Noise, Parameters, Untrusted
from shared.kernel.context import ObservedContext, context_of, observed
from shared.kernel.days import SECONDS_PER_DAY
from shared.observations.domain.entry import NO_SCORE
from shared.observations.domain.observation import Kind, Observation, Score, Standing
from shared.ratings.domain import batch_rating
from shared.ratings.domain.batch_rating import profiles
from shared.ratings.domain.projection import project
from shared.ratings.domain.skill_rating import SkillRating, to_text
from tests.harness.speed import examples
from tests.ratings import oracle
from tests.ratings.builders import PARAMETERS, TODAY, exam, field, framework, lesson, practice, state

COMPETENCIES = ("discovery", "product_knowledge", "closing")
WORDS = (*COMPETENCIES, "needs_analysis", "juggling")
CONTEXTS = (
    observed({}),
    observed({"industry": "retail"}),
    observed({"industry": ["retail", "hospital"]}),
    observed({"industry": "healthcare", "deal_size": "smb"}),
    observed({"industry": ["healthcare", "retail"], "deal_size": ["smb", "enterprise"]}),
    observed({"industry": "healthcare", "buyer_persona": "technical"}),
    observed({"industry": "healthcare", "buyer_persona": ["ciso", "executive"], "deal_size": "enterprise"}),
)
COUNTED: Final[Standing] = "counted"
SCORES = (NO_SCORE, 0, 4000, 6999, 7000, 7001, 7499, 7500, 8000, 10_000)
MEASURED = Parameters(
    version=2,
    competencies={
        "discovery": Noise(sigma=9.3, likeness=0.2, drift=0.4, mean=68.0, spread=9.5, practice=14.0, mean_error=1.7)
    },
    scorers={"gong": Lean(bias=2.0, error=1.5, pairs=40), "lab": Lean(error=0.5)},
    untrusted=(Untrusted("careless", 3, "discovery"),),
)

people = st.integers(0, 4)
randoms = st.randoms(use_true_random=False)


def rule(random: Random, competency: str, context: dict[str, str]) -> Rule:
    def maybe(value: int) -> int | None:
        return value if random.random() < 0.7 else None

    field_least, bar = maybe(random.choice([1, 2, 3, 5])), random.choice([65, 70, 75, 80])
    return Rule(
        competency,
        context_of(context),
        min_validation_attempts=maybe(random.choice([1, 2, 3, 6])),
        min_validation_score=maybe(bar),
        min_field_observations=field_least if field_least or random.random() < 0.5 else 2,
        min_field_score=maybe(bar - 5) if random.random() < 0.8 else 70,
        observation_window_days=random.choice([10, 60, 90, 365]),
        expires_after_days=random.choice([None, None, 5, 40, 180]),
        decay_rate=random.choice([None, 0.0, 2.5]),
        requires_recertification=random.random() < 0.3,
        field_overrides_validation=random.random() < 0.6,
        version=random.randint(1, 5),
    )


def organisation(random: Random) -> Framework:
    rules = []
    for competency in COMPETENCIES:
        for context in ({}, {"industry": "retail"}, {"industry": "healthcare", "deal_size": "smb"}):
            if random.random() < 0.6:
                rules.append(rule(random, competency, context))
    usable = [one for one in rules if one.wants_field or one.wants_validation]
    return framework(*usable, competencies=COMPETENCIES, aliases={"discovery": ("needs_analysis",)})


def history(random: Random, length: int, days: int) -> list[Observation]:
    kinds: list[Kind] = ["field", "validation", "learning"]
    standings: list[Standing] = [*repeat(COUNTED, 8), "held", "rejected"]
    level = random.choice([6500, 7200, 8000])
    found = []
    for _ in range(length):
        scores: dict[tuple[str, ObservedContext], Score] = {}
        for _ in range(random.randint(0, 4)):
            word, context = random.choice(WORDS), random.choice(CONTEXTS)
            around = max(0, min(10_000, level + random.randint(-1500, 1500)))
            scores[word, context] = Score(word, random.choice([around, around, random.choice(SCORES)]), context)
        found.append(
            Observation(
                kind=random.choice(kinds),
                at=(TODAY + 3 - random.randint(0, days)) * SECONDS_PER_DAY + random.randint(0, 3),
                source=random.choice(["gong", "lab"]),
                source_id=f"s{random.randint(0, length * 4)}",
                activity=random.choice(["role_play", "role_play", "certification_exam"]),
                scores=tuple(scores.values()),
                human=random.choice([0, 0, 0, 1]),
                analysis=random.choice([0, 1, 3001]),
                standing=random.choice(standings),
            )
        )
    return found


def assert_as_alone(
    states: list[dict[str, str]], of: Framework, parameters: Parameters = MEASURED, as_of: int = TODAY
) -> None:
    together = list(profiles([entries.values() for entries in states], of, parameters, as_of))
    alone = [project(entries, of, parameters, as_of) for entries in states]
    assert [one.rows() for one in together] == alone
    assert [one.text() for one in together] == [to_text(rows) for rows in alone]
    general = [(competency, "") for competency in of.by_competency]
    only = profiles([entries.values() for entries in states], of, parameters, as_of, only=general)
    assert [one.rows() for one in only] == [[row for row in rows if row.context == ""] for rows in alone]


def exactly(row: SkillRating) -> SkillRating:
    return row._replace(level=None, deviation=None, low=None, high=None)


def level(row: SkillRating) -> list[float]:
    return [-1 if one is None else one for one in (row.level, row.deviation, row.low, row.high)]


def assert_as_the_oracle_says(
    states: list[dict[str, str]], of: Framework, parameters: Parameters = MEASURED, as_of: int = TODAY
) -> None:
    assert_as_alone(states, of, parameters, as_of)
    for entries in states:
        found = project(entries, of, parameters, as_of)
        expected = [SkillRating(*row) for row in oracle.profile(entries.values(), of, parameters, as_of)]
        assert list(map(exactly, found)) == list(map(exactly, expected))
        # The filter's fractions are rounded once more often here or there.
        for one, other in zip(map(level, found), map(level, expected), strict=True):
            assert one == pytest.approx(other, abs=1)


@settings(max_examples=examples(150), deadline=None)
@given(
    randoms, people, st.integers(0, 14), st.sampled_from([5, 40, 120, 500]), st.sampled_from([MEASURED, Parameters()])
)
def test_the_engine_rates_as_the_oracle_does(
    random: Random, count: int, length: int, days: int, parameters: Parameters
) -> None:
    states = [state(*history(random, random.randint(0, length), days)) for _ in range(count)]
    assert_as_the_oracle_says(states, organisation(random), parameters)


@pytest.mark.parametrize("seed", range(6))
def test_long_histories_are_rated_as_the_oracle_does(seed: int) -> None:
    random = Random(f"long:{seed}")
    of = organisation(random)
    states = [state(*history(random, random.randint(20, 160), random.choice([80, 200, 700]))) for _ in range(2)]
    for as_of in (TODAY - 60, TODAY + 30):
        assert_as_the_oracle_says(states, of, as_of=as_of)


def test_the_number_of_people_at_once_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random("chunks")
    of = organisation(random)
    states = [state(*history(random, 20, 100)) for _ in range(7)]
    whole = [one.text() for one in profiles([s.values() for s in states], of, MEASURED, TODAY)]
    monkeypatch.setattr(batch_rating, "MOST_USES", 60)
    assert [one.text() for one in profiles([s.values() for s in states], of, MEASURED, TODAY)] == whole
    assert len(whole) == 7


def test_nobody_and_nothing() -> None:
    assert list(profiles([], framework(), Parameters(), TODAY)) == []
    assert_as_alone([{}], framework())
    assert_as_alone([{}, state(field(80))], framework(competencies=()))


def test_an_exam_after_an_expiry_brings_it_back_here_too() -> None:
    of = framework(
        Rule(
            "discovery",
            min_validation_attempts=1,
            min_validation_score=80,
            expires_after_days=30,
            requires_recertification=True,
        )
    )
    lapsed = state(practice(90, TODAY - 200), practice(90, TODAY - 5))
    renewed = state(practice(90, TODAY - 200), exam(90, TODAY - 5))
    never = state(lesson(90, TODAY - 5), practice(10, TODAY - 4))
    assert_as_alone([lapsed, renewed, never], of)
    found = [
        one.rows()[0].status
        for one in profiles([s.values() for s in (lapsed, renewed, never)], of, Parameters(), TODAY)
    ]
    assert found == ["expired", "validated", "in_progress"]
    assert_as_the_oracle_says([lapsed, renewed, never], of)


def test_skills_met_later_take_their_place_in_the_order() -> None:
    """What a framework has learnt of its skills from some people is of no consequence for the next."""
    of = framework(competencies=COMPETENCIES)
    first = state(field(80, industry="retail"))
    second = state(field(70, industry="fintech", competency="closing"), field(75, industry="healthcare"))
    assert_as_alone([first], of)
    assert_as_alone([second], of)
    assert_as_alone([second, first], of)
    assert_as_alone([first], replace(of, version=2))


def test_an_entry_may_have_any_number_of_scores() -> None:
    scores = tuple(Score(f"word-{number}", 7000 + number % 50, CONTEXTS[number % 5]) for number in range(9000))
    words = tuple(f"word-{number}" for number in range(0, 9000, 7))
    assert_as_alone([state(field(0, scores=scores), field(80))] * 2, framework(aliases={"discovery": words}))


def test_numbers_that_are_none_are_refused_and_not_rounded() -> None:
    (text,) = state(field(80)).values()
    for wrong in (
        text.replace("8000", '"8000"'),
        text.replace("8000", "null"),
        text.replace("8000", "80.5"),
        text[:-1],
    ):
        with pytest.raises((ValueError, TypeError)):
            list(profiles([[text], [wrong]], framework(), MEASURED, TODAY))


@pytest.mark.parametrize("day", [-400, 0, 50])
def test_days_before_1970_are_days_like_others(day: int) -> None:
    """A combination of contexts that is bygone is left out, whatever the day is."""
    bygone = state(lesson(None, day - 95, industry="retail", deal_size="smb"), field(80, day))
    assert_as_alone([bygone], framework(), as_of=day)
    assert [row.context for row in project(bygone, framework(), MEASURED, day) if "&" in row.context] == []


AT, KIND, SOURCE, CONTEXTS_OF, FLAT = 0, 1, 2, 8, 9


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (AT, -(10**15)),
        (KIND, 3),
        (KIND, -1),
        (FLAT, ["discovery"]),
        (FLAT, ["discovery", 8000]),
        (FLAT, ["discovery", 8000, 1]),
        (FLAT, ["discovery", -2, 0]),
        (FLAT, ["discovery", 10_001, 0]),
        (FLAT, ["discovery", 10**18, 0]),
        (FLAT, ["discovery", 10**25, 0]),
        (FLAT, ["discovery", 2**63 - 1, 0]),
        (FLAT, ""),
        (CONTEXTS_OF, []),
        (SOURCE, {}),
    ],
)
def test_no_entry_reaches_into_anothers_numbers(place: int, value: Any) -> None:
    """In columns one person's numbers lie beside the next one's: what does not belong there is refused at once."""
    (text,) = state(field(80)).values()
    wrong = json.loads(text)
    wrong[place] = value
    after = state(field(70), practice(90)).values()
    with pytest.raises((ValueError, TypeError, IndexError)):
        list(profiles([[text], [json.dumps(wrong)], after], framework(), MEASURED, TODAY))


def test_an_entry_is_one_array() -> None:
    first, second = state(field(80), field(70)).values()
    with pytest.raises(ValueError, match="not one array"):
        list(profiles([[f"{first},{second}"]], framework(), MEASURED, TODAY))


def test_who_was_seen_before_the_calendar_began_moves_nobody_elses_days() -> None:
    rule = Rule("discovery", min_validation_attempts=1, min_validation_score=80, expires_after_days=30)
    ancient = state(practice(90, TODAY - (1 << 21) - 50), practice(70, TODAY - 40))
    others = [state(practice(90, TODAY - 20), practice(10, TODAY - 3)), state(practice(90, TODAY - 200), practice(1))]
    assert_as_alone([others[0], ancient, others[1]], framework(rule))


@pytest.mark.parametrize(
    "parameters",
    [
        Parameters(scorers={"gong": Lean(error=1e9)}),
        Parameters(scorers={"gong": Lean(error=float("nan"))}),
        Parameters(default=Noise(sigma=float("nan"))),
        Parameters(default=Noise(drift=1e30)),
        Parameters(default=Noise(mean=float("inf"))),
    ],
)
def test_parameters_that_columns_cannot_count_with_are_refused(parameters: Parameters) -> None:
    calls = state(*(field(70 + number) for number in range(12)))
    with pytest.raises((ValueError, OverflowError)):
        list(profiles([calls.values()], framework(), parameters, TODAY))


class _Slow(dict[tuple[str, str], int]):
    """A dictionary that lets others in after each look."""

    def get(self, key: tuple[str, str], default: Any = None) -> Any:
        found = super().get(key, default)
        sleep(0.0005)
        return found


def test_shards_at_the_same_time_number_a_frameworks_skills_alike() -> None:
    of = framework()
    skills = index_of(of)
    skills.numbers = _Slow(skills.numbers)
    industries = [observed({"industry": f"industry-{number}"}) for number in range(20)]
    states = [
        state(*(field(0, scores=tuple(Score(word, 7000, one) for word in words)) for words in (WORDS[:1], WORDS[:2])))
        for one in industries
    ]
    barrier = Barrier(4)

    def shard(order: Sequence[int]) -> list[str]:
        barrier.wait()
        return [one.text() for one in profiles([states[number].values() for number in order], of, PARAMETERS, TODAY)]

    orders = [range(20), range(19, -1, -1), [*range(10, 20), *range(10)], range(20)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(shard, orders))
    alone = [to_text(project(entries, of, PARAMETERS, TODAY)) for entries in states]
    assert found == [[alone[number] for number in order] for order in orders]
