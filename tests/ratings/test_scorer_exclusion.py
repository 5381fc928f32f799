"""What an untrusted scorer has scored and nobody has reviewed does not count, on that competency alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.conversations.domain.analysis_version import analysis_version, scorer_number
from shared.frameworks.domain.parameters import Parameters, Untrusted
from shared.observations.domain.entry import decode_entries
from shared.observations.domain.observation import Observation, Score, Standing
from shared.ratings.domain.explanation import explain
from shared.ratings.domain.projection import Projection, project
from shared.ratings.domain.skill_rating import to_text
from tests.harness.speed import examples
from tests.ratings.builders import GENERAL_DISCOVERY, TODAY, framework, seen, state

FRAMEWORK = framework(
    GENERAL_DISCOVERY, competencies=("discovery", "listening"), aliases={"discovery": ("needs_analysis",)}
)
FALLEN = Parameters(version=2, untrusted=(Untrusted("claude:m:1:1", 3, "discovery"),))
HEALTHCARE = (("industry", ("healthcare",)),)


def call(
    number: int,
    *,
    analysis: int = analysis_version(3, 0),
    human: int = 0,
    standing: Standing = "counted",
    word: str = "discovery",
    day: int = TODAY - 5,
) -> Observation:
    """A call whose discovery, in healthcare, is scored 40, and its listening 80."""
    return Observation(
        kind="field",
        at=day * 86_400 + number,
        source="gong",
        source_id=f"call-{number}",
        activity="gong",
        human=human,
        analysis=analysis,
        standing=standing,
        scores=(Score(word, 4000, HEALTHCARE), Score("listening", 8000, HEALTHCARE)),
    )


def fields(*events: Observation, parameters: Parameters = FALLEN) -> dict[tuple[str, str], int]:
    return {row.key: row.field for row in project(state(*events), FRAMEWORK, parameters, TODAY) if row.field}


def test_its_scores_of_that_competency_are_left_out_everywhere_and_the_others_stay() -> None:
    assert fields(call(1), call(2)) == {("listening", ""): 2, ("listening", "industry=healthcare"): 2}
    assert fields(call(1), parameters=Parameters()).keys() == {
        (competency, skill) for competency in ("discovery", "listening") for skill in ("", "industry=healthcare")
    }


@pytest.mark.parametrize(
    "event",
    [
        call(1, human=1),
        call(1, analysis=analysis_version(2, 1)),
        call(1, analysis=analysis_version(4, 0)),
        call(1, analysis=0),
    ],
    ids=["a person decided", "another scorer", "a later scorer", "no scorer's number"],
)
def test_what_a_person_decided_or_another_scored_counts(event: Observation) -> None:
    assert fields(event)["discovery", ""] == 1


def test_practice_with_such_a_version_counts() -> None:
    practice = seen("validation", 70, TODAY - 1)
    rows = project(state(practice), FRAMEWORK, FALLEN, TODAY)
    assert next(row.validation for row in rows if row.key == ("discovery", "")) == 1


def test_another_word_for_the_competency_is_meant_as_well() -> None:
    assert ("discovery", "") not in fields(call(1, word="needs_analysis"))


def test_what_waits_anyway_goes_on_to_wait() -> None:
    rows = project(state(call(1, standing="held")), FRAMEWORK, FALLEN, TODAY)
    assert next(row.pending_review for row in rows if row.key == ("discovery", "")) == 1


def test_a_scorer_without_a_number_leaves_out_nothing() -> None:
    unnumbered = Parameters(version=2, untrusted=(Untrusted("elsewhere", 0, "discovery"),))
    assert fields(call(1, analysis=0), parameters=unnumbered)["discovery", ""] == 1


def test_the_explanation_says_how_many_do_not_count_and_why() -> None:
    old = call(3, day=TODAY - 91)
    projection = Projection(state(call(1), call(2), call(4, human=2), old), FRAMEWORK, FALLEN, TODAY)

    assert projection.left_out("discovery", "") == {"claude:m:1:1": 2}
    assert projection.left_out("discovery", "industry=healthcare") == {"claude:m:1:1": 2}
    assert projection.left_out("discovery", "industry=retail") == {}
    assert projection.left_out("listening", "") == {}
    row = projection.row("discovery", "")
    assert explain(row, projection.left_out(*row.key)).endswith(
        " 2 scores by claude:m:1:1 do not count: it has agreed with people too little on this competency."
    )


@settings(max_examples=examples(80), deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 6),
            st.sampled_from([analysis_version(2, 0), analysis_version(3, 0), analysis_version(3, 4), 3001]),
            st.booleans(),
        ),
        max_size=12,
    )
)
def test_a_rating_is_the_same_as_if_such_scores_had_never_been(calls: list[tuple[int, int, bool]]) -> None:
    """Added one by one, or all at once."""
    events = [
        call(number, analysis=analysis, human=int(human), day=TODAY - 10 + age)
        for number, (age, analysis, human) in enumerate(sorted(calls))
    ]
    without = [
        event
        if event.human or scorer_number(event.analysis) != 3
        else Observation(
            **{
                **{name: getattr(event, name) for name in Observation.__slots__},
                "scores": tuple(score for score in event.scores if score.competency != "discovery"),
            }
        )
        for event in events
    ]
    wanted = to_text(project(state(*without), FRAMEWORK, Parameters(version=2), TODAY))
    assert to_text(project(state(*events), FRAMEWORK, FALLEN, TODAY)) == wanted
    scores = Projection({}, FRAMEWORK, FALLEN, TODAY).scores
    for entry in decode_entries([event.entry()[1] for event in events]):
        scores = scores.with_newest(entry)
    assert to_text(Projection(scores, FRAMEWORK, FALLEN, TODAY).rows()) == wanted
