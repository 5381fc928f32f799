"""What a collection may delete: nothing that a rating, a status or a date from the last day on depends on."""

from __future__ import annotations

from itertools import accumulate

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.frameworks.domain.framework import Framework, Rule
from shared.kernel.context import context_of
from shared.observations.domain.effective_entries import effective_entries
from shared.observations.domain.entry import canonical_bytes, merged
from shared.observations.domain.observation import CERTIFICATION_EXAM, Observation, Score
from shared.ratings.domain.projection import project
from shared.ratings.domain.retention import retain
from shared.ratings.domain.skill_rating import to_text
from tests.harness.speed import examples
from tests.ratings.builders import (
    GENERAL_DISCOVERY,
    PARAMETERS,
    TODAY,
    decided,
    field,
    framework,
    lesson,
    practice,
    seen,
    state,
)

START = 15_000
HEALTHCARE = context_of({"industry": "healthcare"})

GAPS = st.sampled_from([0, 0, 1, 2, 5, 29, 30, 31, 45, 60, 89, 90, 91, 150, 400])
CONTEXTS = st.sampled_from(
    [
        (),
        (("industry", ("healthcare",)),),
        (("industry", ("hospital",)),),
        (("deal_size", ("smb",)), ("industry", ("fintech", "healthcare"))),
    ]
)


@st.composite
def frameworks(draw: st.DrawFn) -> Framework:
    def rule(competency: str, context: tuple[tuple[str, str], ...]) -> Rule:
        drawn = Rule(
            competency,
            context,
            min_validation_attempts=draw(st.sampled_from([None, 1, 2, 3])),
            min_validation_score=draw(st.sampled_from([None, 70, 80])),
            min_field_observations=draw(st.sampled_from([None, 1, 2, 3])),
            min_field_score=draw(st.sampled_from([None, 70, 80])),
            observation_window_days=draw(st.sampled_from([10, 30, 60, 90])),
            expires_after_days=draw(st.sampled_from([None, 30, 200])),
            requires_recertification=draw(st.booleans()),
            field_overrides_validation=draw(st.booleans()),
        )
        return drawn if drawn.wants_field or drawn.wants_validation else GENERAL_DISCOVERY

    chosen = {(r.competency, r.context): r for r in (rule("discovery", ()), rule("discovery", HEALTHCARE))}
    return framework(*chosen.values())


@st.composite
def observations(draw: st.DrawFn, least: int = 1, most: int = 12) -> list[Observation]:
    """Events in order of time, months apart: of every kind, standing, version and context."""
    gaps = draw(st.lists(GAPS, min_size=least, max_size=most))
    events = []
    for number, day in enumerate(accumulate(gaps, initial=START)):
        kind = draw(st.sampled_from(["field", "field", "validation", "validation", "learning"]))
        hundredths = draw(st.sampled_from([4000, 6900, 8000, 9500]))
        if kind == "learning" and draw(st.booleans()):
            hundredths = -1
        names = draw(st.sampled_from([("discovery",), ("discovery", "product_knowledge"), ("juggling",), ()]))
        events.append(
            seen(
                kind,  # type: ignore[arg-type]
                0,
                day,
                scores=tuple(Score(name, hundredths, draw(CONTEXTS)) for name in names),
                source_id=f"event-{number}",
                human=draw(st.sampled_from([0, 0, 0, 1])),
                analysis=draw(st.sampled_from([0, 0, 1])),
                standing=draw(st.sampled_from(["counted"] * 6 + ["held", "rejected"])),
                activity=CERTIFICATION_EXAM if kind == "validation" and draw(st.booleans()) else None,
                passed=kind != "validation" or draw(st.integers(0, 3)) > 0,
                received=draw(st.sampled_from([0, 1_000, 2_000])),
            )
        )
        if draw(st.integers(0, 5)) == 0:
            events.append(decided(events[-1], "counted", 2, (Score("discovery", 7000),)))
    return events


def day_of(event: Observation) -> int:
    return event.at // 86_400


def profile(entries: dict[str, str], of: Framework, as_of: int) -> str:
    return to_text(project(entries, of, PARAMETERS, as_of))


LATER = st.sampled_from([0, 1, 10, 59, 60, 61, 89, 90, 91, 200, 500])


@settings(max_examples=examples(100), deadline=None)
@given(frameworks(), observations(), LATER)
def test_what_is_retained_projects_as_the_whole(of: Framework, events: list[Observation], later: int) -> None:
    whole = state(*events)
    as_of = max(map(day_of, events)) + later

    assert profile(retain(whole, of), of, as_of) == profile(whole, of, as_of)


@settings(max_examples=examples(100), deadline=None)
@given(frameworks(), observations(), st.data())
def test_a_state_collected_in_part_retains_the_same(
    of: Framework, events: list[Observation], data: st.DataObject
) -> None:
    whole = state(*events)
    kept = retain(whole, of)
    others = sorted(effective_entries(whole).keys() - kept.keys())
    left = {key: whole[key] for key in others if data.draw(st.booleans())}
    part = merged(kept, left)
    as_of = max(map(day_of, events)) + data.draw(LATER)

    assert canonical_bytes(retain(kept, of)) == canonical_bytes(kept)
    assert canonical_bytes(retain(part, of)) == canonical_bytes(kept)
    assert profile(part, of, as_of) == profile(whole, of, as_of)


@settings(max_examples=examples(100), deadline=None)
@given(frameworks(), observations(least=2), st.data())
def test_a_collected_state_grows_as_if_it_had_not_been(
    of: Framework, events: list[Observation], data: st.DataObject
) -> None:
    days = sorted({day_of(event) for event in events})
    cut = data.draw(st.sampled_from(days))
    before = state(*[event for event in events if day_of(event) <= cut])
    after = state(*[event for event in events if day_of(event) > cut])
    as_of = days[-1] + data.draw(LATER)

    grown = retain(merged(retain(before, of), after), of)
    assert profile(grown, of, as_of) == profile(merged(before, after), of, as_of)
    assert canonical_bytes(grown) == canonical_bytes(retain(merged(before, after), of))


class TestWhatAnEarlierVersionForgot:
    """Counterexamples to keeping only the days before a skill's last entry and the last satisfaction's window."""

    def test_a_stale_rating_behind_a_rejected_call(self) -> None:
        events = state(field(80, TODAY - 1000), field(10, TODAY, standing="rejected"))

        assert profile(retain(events, framework()), framework(), TODAY) == profile(events, framework(), TODAY)

    def test_a_stale_rating_and_its_date_behind_a_lesson(self) -> None:
        events = state(field(80, TODAY - 1000), lesson(70, TODAY))

        assert profile(retain(events, framework()), framework(), TODAY) == profile(events, framework(), TODAY)

    def test_the_date_of_the_last_practice_behind_years_of_calls(self) -> None:
        events = state(practice(80, TODAY - 1000), field(80, TODAY))

        assert profile(retain(events, framework()), framework(), TODAY) == profile(events, framework(), TODAY)

    def test_a_context_that_only_a_rejected_call_had(self) -> None:
        of = framework(GENERAL_DISCOVERY)
        events = state(field(80, TODAY - 1, industry="retail", standing="rejected"), field(80, TODAY))

        assert profile(retain(events, of), of, TODAY) == profile(events, of, TODAY)

    def test_weak_sessions_without_which_the_strong_ones_would_validate(self) -> None:
        of = framework(GENERAL_DISCOVERY)
        day = TODAY - 1000
        sessions = [practice(0, day), *[practice(80, day + 10) for _ in range(3)], practice(0, day + 20)]
        events = state(*sessions, practice(50, day + 95), practice(50, TODAY))
        whole = profile(events, of, TODAY)

        assert '"validated"' not in whole
        assert profile(retain(events, of), of, TODAY) == whole

    def test_the_weak_calls_after_a_validation(self) -> None:
        of = framework(Rule("discovery", min_field_observations=3, min_field_score=75, expires_after_days=30))
        day = TODAY - 1000
        calls = [*[field(80, day + n) for n in range(3)], *[field(0, day + 3) for _ in range(3)]]
        events = state(*calls, field(50, TODAY))

        assert profile(retain(events, of), of, TODAY) == profile(events, of, TODAY)


class TestWhatIsDeleted:
    def test_years_of_a_rated_skill_leave_a_window(self) -> None:
        of = framework(GENERAL_DISCOVERY)
        events = state(*[field(80, TODAY - age) for age in range(0, 1500, 3)])
        kept = retain(events, of)

        assert len(kept) == 31, "90 days, both ends included"

    def test_a_weak_performer_too(self) -> None:
        of = framework(GENERAL_DISCOVERY)
        events = state(*[field(50 + age % 7, TODAY - age) for age in range(0, 1500, 3)])

        assert len(retain(events, of)) == 31

    def test_replaced_versions_go_and_what_waits_or_is_unknown_stays(self) -> None:
        call = field(80, TODAY - 1000, source_id="call-1")
        waiting = field(80, TODAY - 1000, standing="held")
        unknown = field(80, TODAY - 1000, competency="juggling")
        reviewed = decided(call, "counted", 1)
        kept = retain(state(call, reviewed, waiting, unknown), framework())

        assert kept == state(reviewed, waiting, unknown)

    def test_a_rejection_is_remembered_while_a_late_analysis_could_bring_the_call_back(self) -> None:
        call = field(80, TODAY - 10, source_id="call-1")
        kept = retain(state(call, decided(call, "rejected", 1), field(60, TODAY)), framework())
        late = field(80, TODAY - 10, source_id="call-1", analysis=7)

        assert len(kept) == 2
        assert profile(merged(kept, state(late)), framework(), TODAY) == profile(kept, framework(), TODAY)
