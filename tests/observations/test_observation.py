"""An employee's state is a set: any order, any duplication, any split gives the same bytes and the same profile."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.kernel.context import decode_context, encode_context, observed
from shared.observations.domain.effective_entries import EffectiveEntries, effective_entries
from shared.observations.domain.entry import canonical_bytes, decode_entries, entry_key, merged
from shared.observations.domain.observation import Observation, Score, decode
from shared.ratings.domain.projection import project
from shared.ratings.domain.skill_rating import to_text
from tests.harness.speed import examples
from tests.ratings.builders import (
    GENERAL_DISCOVERY,
    PARAMETERS,
    TODAY,
    decided,
    field,
    framework,
    practice,
    rated,
    state,
)
from tests.ratings.test_retention import observations

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
OBSERVED = st.dictionaries(TEXT, st.lists(TEXT, max_size=3), max_size=3).map(observed)
SALES = framework(GENERAL_DISCOVERY)
SINCE = 15_900


@st.composite
def streams(draw: st.DrawFn) -> list[Observation]:
    """A history with corrections: re-analyses and people's decisions about some of its events."""
    events = draw(observations(most=8))
    for event in list(events):
        if draw(st.integers(0, 3)) == 0:
            events.append(
                Observation(
                    event.kind,
                    event.at,
                    event.source,
                    event.source_id,
                    event.activity,
                    (Score("discovery", draw(st.integers(0, 10_000))),),
                    human=draw(st.integers(0, 2)),
                    analysis=draw(st.integers(0, 2)),
                    received=draw(st.integers(0, 3)),
                    place=draw(st.integers(0, 1)),
                    standing=draw(st.sampled_from(["counted", "held", "rejected"])),
                )
            )
    return events


@settings(max_examples=examples(80), deadline=None)
@given(streams(), st.data())
def test_any_order_duplication_and_split_is_the_same_state(stream: list[Observation], data: st.DataObject) -> None:
    repeated = data.draw(st.permutations(stream + data.draw(st.lists(st.sampled_from(stream), max_size=4))))
    cut = data.draw(st.integers(0, len(repeated)))
    first, second = state(*repeated[:cut]), state(*repeated[cut:])
    as_of = data.draw(st.integers(SINCE, SINCE + 400))

    def text(entries: dict[str, str]) -> str:
        return to_text(project(entries, SALES, PARAMETERS, as_of))

    whole = state(*stream)
    for again in (merged(first, second), merged(second, first), merged(first.items(), second, first)):
        assert canonical_bytes(again) == canonical_bytes(whole)
        assert text(again) == text(whole)
        assert canonical_bytes(effective_entries(again)) == canonical_bytes(effective_entries(whole))
    assert text(effective_entries(whole)) == text(whole)

    grown = EffectiveEntries([])
    for entry in decode_entries([event.entry()[1] for event in repeated]):
        grown.add(entry)
    assert grown.in_order() == EffectiveEntries(whole.values()).in_order()


class TestCorrections:
    CALL = field(80, source_id="call-1")

    def test_a_newer_analysis_replaces_the_older_one_whole(self) -> None:
        first = field(0, source_id="call-1", scores=(Score("discovery", 8000), Score("product_knowledge", 9000)))
        second = field(60, source_id="call-1", analysis=1)

        assert rated(first, second).rating == 6000
        assert rated(first, second, competency="product_knowledge").rating is None

    def test_a_person_outranks_every_analysis(self) -> None:
        reviewed = decided(self.CALL, "counted", 1, (Score("discovery", 7000),))
        later = field(10, source_id="call-1", analysis=99)

        assert rated(self.CALL, reviewed, later).rating == 7000

    def test_of_equal_versions_the_later_received_stands_whatever_its_score(self) -> None:
        first, second, third = (
            field(score, source_id="call-1", received=moment)
            for score, moment in ((90, 1_000), (50, 2_000), (9, 3_000))
        )

        assert rated(first, second).rating == 5000
        assert rated(third, first, second).rating == 900
        assert rated(replace(first, received=4_000), third, second).rating == 9000

    def test_of_one_request_the_later_item_stands(self) -> None:
        first, second = (field(score, source_id="call-1", received=1_000) for score in (90, 50))

        assert rated(first, replace(second, place=1)).rating == 5000
        assert rated(replace(first, place=1), second).rating == 9000

    def test_an_entry_of_before_has_no_receipt_and_comes_first(self) -> None:
        assert rated(field(90, source_id="call-1"), field(50, source_id="call-1", received=1)).rating == 5000

    def test_a_later_decision_outranks_an_earlier_one(self) -> None:
        rejected = decided(self.CALL, "rejected", 1)
        restored = decided(self.CALL, "counted", 2)

        assert rated(self.CALL, rejected).field == 0
        assert rated(self.CALL, rejected, restored).rating == 8000

    def test_what_waits_for_a_person_does_not_count_until_confirmed(self) -> None:
        waiting = field(80, source_id="call-2", standing="held")
        before, after = rated(waiting), rated(waiting, decided(waiting, "counted", 1))

        assert (before.field, before.pending_review, before.status) == (0, 1, "not_started")
        assert (after.field, after.pending_review, after.rating) == (1, 0, 8000)

    def test_the_same_id_in_another_source_or_class_is_another_event(self) -> None:
        events = [self.CALL, field(60, source_id="call-1", source="manager"), practice(10, source_id="call-1")]

        assert (rated(*events).field, rated(*events).validation) == (2, 1)


class TestEntries:
    @settings(max_examples=examples(80))
    @given(st.lists(st.builds(Score, TEXT, st.integers(-1, 10_000), OBSERVED), max_size=4), TEXT, st.data())
    def test_survive_the_round_trip_whatever_the_order_of_their_scores(
        self, scores: list[Score], source_id: str, data: st.DataObject
    ) -> None:
        one = field(0, scores=tuple(scores), source_id=source_id or "-")
        other = field(0, scores=tuple(data.draw(st.permutations(scores))), source_id=source_id or "-")
        key, text = one.entry()

        assert (key, text) == other.entry() == decode(text).entry()
        assert decode(text) == one or sorted(map(repr, decode(text).scores)) == sorted(map(repr, one.scores))

    def test_are_one_line_of_json_under_a_hash_that_names_a_field(self) -> None:
        call = field(82.5, 20_000, source_id="call-1", industry="healthcare", buyer_persona=["ciso", "cto"])
        key, text = call.entry()

        assert json.loads(text) == [
            1_728_043_200,
            0,
            "gong",
            "call-1",
            0,
            0,
            "gong",
            0,
            ["buyer_persona=ciso&buyer_persona=cto&industry=healthcare"],
            ["discovery", 8250, 0],
        ]
        failed = json.loads(replace(call, received=1_728_043_200_123, place=7, passed=False).entry()[1])
        assert failed == [*json.loads(text), 1_728_043_200_123, 7, 0]
        assert key == entry_key(text)
        assert key.isalnum()
        assert key.startswith("o")
        assert len(key) == 25

    @given(OBSERVED)
    def test_contexts_survive_any_words(self, context: tuple[tuple[str, tuple[str, ...]], ...]) -> None:
        assert decode_context(encode_context(context)) == context

    def test_a_day_apart_is_another_entry(self) -> None:
        assert field(80, TODAY, source_id="a").entry() != field(80, TODAY - 1, source_id="a").entry()
