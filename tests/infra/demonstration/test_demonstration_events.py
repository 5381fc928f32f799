"""The demonstration's events are what integrations send, and the same every time."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta

import pytest

from infra.demonstration import model
from infra.demonstration.catalogue import address
from infra.demonstration.events import Event, when
from infra.demonstration.organisation import Organisation
from infra.web.events import FIELD_OBSERVATIONS, LEARNING_ACTIVITIES, VALIDATION_EVENTS
from shared.observations.contract import EventBody, FieldObservation, LearningActivity, ValidationEvent
from tests.infra.demonstration.told import AS_OF, ORGANISATION, bodies, body_of, events

__all__ = ["events"]


class TestEvents:
    def test_are_the_same_bytes_for_the_same_seed_and_day(self, events: list[Event]) -> None:
        def digest(several: list[Event]) -> str:
            return hashlib.sha256(json.dumps(several, sort_keys=True).encode()).hexdigest()

        assert digest(Organisation(AS_OF).events()) == digest(events)
        assert digest(Organisation(AS_OF, seed=2).events()) != digest(events)

    def test_are_between_six_and_eight_thousand(self, events: list[Event]) -> None:
        assert 6_000 <= len(events) <= 8_000
        share = {path: count / len(events) for path, count in Counter(event.path for event in events).items()}
        assert 0.4 < share[FIELD_OBSERVATIONS] < 0.6
        assert 0.2 < share[VALIDATION_EVENTS] < 0.4
        assert 0.1 < share[LEARNING_ACTIVITIES] < 0.3
        kinds = Counter(body["event_type"] for body in bodies(events, VALIDATION_EVENTS))
        assert set(kinds) == {"role_play", "multiple_choice_test", "certification_exam", "hands_on_lab"}
        assert min(kinds.values()) >= 40

    def test_come_in_order_of_time_and_end_before_the_day(self, events: list[Event]) -> None:
        times = [when(event) for event in events]
        assert times == sorted(times)
        assert datetime.fromisoformat(times[-1]) < datetime(AS_OF.year, AS_OF.month, AS_OF.day, tzinfo=UTC)
        completed = [b["completed_at"] for b in bodies(events, LEARNING_ACTIVITIES) if "completed_at" in b]
        assert max(completed) < AS_OF.isoformat()

    def test_have_ids_of_their_own_that_change_with_the_day(self, events: list[Event]) -> None:
        ids = {event.event_id for event in events}
        assert len(ids) == len(events)
        assert not ids & {event.event_id for event in Organisation(AS_OF + timedelta(days=1)).events()}
        calls = [body["source_id"] for body in bodies(events, FIELD_OBSERVATIONS)]
        assert len(set(calls)) == len(calls)

    def test_are_accepted_by_the_contracts_without_a_field_that_they_do_not_know(self, events: list[Event]) -> None:
        contracts: dict[str, type[EventBody]] = {
            VALIDATION_EVENTS: ValidationEvent,
            FIELD_OBSERVATIONS: FieldObservation,
            LEARNING_ACTIVITIES: LearningActivity,
        }
        emails = {person.email for person in ORGANISATION.people() if person.role == "employee"}
        for event in events:
            read = contracts[event.path].model_validate(body_of(event))
            assert read.unrecognised == []
            assert read.employee_id in emails

    @pytest.mark.parametrize(
        ("path", "fields"),
        [
            (
                VALIDATION_EVENTS,
                "event_id employee_id event_type event_source timestamp overall_score passed competency_scores "
                "details_url session_metadata",
            ),
            (
                FIELD_OBSERVATIONS,
                "observation_id employee_id observation_source source_id timestamp competency_scores context "
                "source_url analysis_metadata",
            ),
            (
                LEARNING_ACTIVITIES,
                "activity_id employee_id activity_type content_id content_title content_url started_at "
                "completion_percentage related_competencies context_tags assignment_type",
            ),
        ],
    )
    def test_have_the_fields_of_the_specification(self, events: list[Event], path: str, fields: str) -> None:
        for body in bodies(events, path):
            assert set(fields.split()) <= set(body)

    def test_use_the_frameworks_own_words(self, events: list[Event]) -> None:
        framework = model.framework()
        scenarios = {scenario.scenario_id for scenario in framework.scenarios}
        for event in events:
            scores = body_of(event).get("competency_scores", [])
            named = [score["competency"] for score in scores] or body_of(event)["related_competencies"]
            assert set(named) <= set(framework.by_competency)
            if event.path == VALIDATION_EVENTS:
                assert body_of(event)["session_metadata"]["scenario_id"] in scenarios
            if event.path == FIELD_OBSERVATIONS:
                for words, dimension in (("buyer_personas", "buyer_persona"), ("products_discussed", "product_line")):
                    assert all(framework.by_dimension[dimension].map(w)[1] for w in body_of(event)["context"][words])

    def test_give_each_account_one_industry_and_one_size(self, events: list[Event]) -> None:
        seen: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for body in bodies(events, FIELD_OBSERVATIONS):
            seen[body["context"]["account_name"]].add((body["context"]["industry"], body["context"]["deal_size"]))
        assert len(seen) == 40
        assert all(len(several) == 1 for several in seen.values())
        assert {size for several in seen.values() for _, size in several} == {"enterprise", "mid-market", "smb"}

    def test_leave_a_few_unsure_analyses_to_be_reviewed(self, events: list[Event]) -> None:
        for body in bodies(events, FIELD_OBSERVATIONS):
            analysis = body["analysis_metadata"]
            assert analysis["human_reviewed"] == (analysis["confidence_score"] >= 0.6)
        waiting = [b for b in bodies(events, FIELD_OBSERVATIONS) if not b["analysis_metadata"]["human_reviewed"]]
        assert 0.02 < len(waiting) / len(bodies(events, FIELD_OBSERVATIONS)) < 0.07

    def test_score_quizzes_by_their_correct_answers(self, events: list[Event]) -> None:
        quizzes = [b for b in bodies(events, VALIDATION_EVENTS) if b["event_source"] == "quiz-platform"]
        for body in quizzes:
            told = body["session_metadata"]
            assert body["overall_score"] == round(100 * told["questions_correct"] / told["questions_total"])
            assert body["passed"] == (body["overall_score"] >= model.PASS_QUIZ)

    def test_spread_activity_unevenly(self, events: list[Event]) -> None:
        per_person = Counter(body_of(event)["employee_id"] for event in events)
        assert per_person[address(model.NEARLY_NOTHING)] == 1
        others = [count for email, count in per_person.items() if email != address(model.NEARLY_NOTHING)]
        assert max(others) > 3 * min(others)

    def test_start_only_after_the_hiring(self, events: list[Event]) -> None:
        hired = {person.email: person.hire_date for person in ORGANISATION.people()}
        assert all(when(event)[:10] > hired[body_of(event)["employee_id"]] for event in events)

    def test_send_joe_to_no_healthcare_customer(self, events: list[Event]) -> None:
        met = {
            b["context"]["industry"]
            for b in bodies(events, FIELD_OBSERVATIONS)
            if b["employee_id"] == "joe@augmentcode.com"
        }
        assert met == {"fintech", "manufacturing", "retail", "technology"}

    def test_give_the_bootcamp_to_about_half_on_one_day(self, events: list[Event]) -> None:
        taken = [b for b in bodies(events, LEARNING_ACTIVITIES) if b["content_id"] == "discovery-bootcamp"]
        assert 10 <= len(taken) <= 28
        assert len({body["started_at"][:10] for body in taken}) == 1
