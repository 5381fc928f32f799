"""The demonstration organisation: the same bytes every time, bodies as the specification prints them, and a history
in which the things that the product is made to find can be found."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from statistics import mean, pstdev
from typing import Any

import pytest

from infra.demonstration import feeding, model
from infra.demonstration.catalogue import address
from infra.demonstration.dice import Dice
from infra.demonstration.events import Event
from infra.web.calling import Answer, Refused
from infra.web.delivery import Report
from infra.web.events import FIELD_OBSERVATIONS, LEARNING_ACTIVITIES, VALIDATION_EVENTS
from shared.frameworks.domain.parameters import Parameters
from shared.kernel.access import Role
from shared.kernel.context import ObservedContext, context_of, observed
from shared.observations.contract import FieldObservation, ValidationEvent
from shared.observations.domain.observation import Kind, Observation, Score
from shared.observations.domain.observation import Standing as Counts
from shared.ratings.domain.projection import project
from shared.ratings.domain.skill_rating import SkillRating
from tests.infra.demonstration.told import AS_OF, ORGANISATION, bodies, body_of, events
from tests.ratings.builders import rating_for

__all__ = ["events"]


class TestPeople:
    def test_are_forty_engineers_six_managers_and_four_others(self) -> None:
        assert Counter(person.role for person in ORGANISATION.people()) == {
            "employee": 40,
            "manager": 6,
            "senior_manager": 1,
            "cro": 1,
            "enablement": 1,
            "administrator": 1,
        }
        assert {person.role for person in ORGANISATION.people()} <= set(Role.__args__)  # type: ignore[attr-defined]

    def test_report_to_someone_who_was_listed_before(self) -> None:
        listed: set[str] = set()
        for person in ORGANISATION.people():
            assert person.manager in listed or (person.role == "cro" and not person.manager)
            listed.add(person.email)
        assert len(listed) == 50

    def test_include_the_two_of_the_specification(self) -> None:
        emails = {person.email: person.name for person in ORGANISATION.people() if person.role == "employee"}
        assert emails["joe@augmentcode.com"] == "Joe Smith"
        assert emails["sarah@augmentcode.com"] == "Sarah Johnson"

    def test_give_teams_of_at_least_five(self) -> None:
        teams = Counter(person.manager for person in ORGANISATION.people() if person.role == "employee")
        assert len(teams) == 6
        assert min(teams.values()) >= 5

    def test_were_hired_in_the_past_some_within_the_half_year(self) -> None:
        hired = [date.fromisoformat(person.hire_date) for person in ORGANISATION.people()]
        assert all(day < AS_OF for day in hired)
        assert sum(day > AS_OF - timedelta(days=model.DAYS) for day in hired) == len(model.NEW) + 1

    def test_are_written_as_csv(self) -> None:
        rows = list(csv.DictReader(io.StringIO(ORGANISATION.people_csv())))
        assert list(rows[0]) == ["name", "email", "role", "manager", "hire_date"]
        assert len(rows) == 50
        assert address("Mei-Ling Chua") in {row["email"] for row in rows}


@pytest.fixture(scope="module")
def profiles(events: list[Event]) -> dict[str, list[SkillRating]]:
    """Every engineer's profile as of the day, by the product's own projection."""
    states: dict[str, dict[str, str]] = defaultdict(dict)
    for event in events:
        if event.path != LEARNING_ACTIVITIES:
            key, text = observation_of(event).entry()
            states[body_of(event)["employee_id"]][key] = text
    day = (AS_OF - date(1970, 1, 1)).days
    return {email: project(state, model.framework(), Parameters(), day) for email, state in states.items()}


def mapped(values: dict[str, list[str]]) -> ObservedContext:
    dimensions = model.framework().by_dimension
    return observed({name: [dimensions[name].map(word)[0] for word in words] for name, words in values.items()})


def observation_of(event: Event) -> Observation:
    body = body_of(event)
    at = int(datetime.fromisoformat(body["timestamp"]).timestamp())
    if event.path == FIELD_OBSERVATIONS:
        read = FieldObservation.model_validate(body)
        context = mapped(read.context.observed())
        scores = tuple(Score(s.competency, round(s.score * 100), context) for s in read.competency_scores)
        standing: Counts = "counted" if read.analysis_metadata.human_reviewed else "held"
        kind: Kind = "field"
        return Observation(kind, at, "gong", read.source_id, "gong", scores, standing=standing)
    practice = ValidationEvent.model_validate(body)
    scores = tuple(
        Score(
            s.competency,
            round(s.score * 100),
            mapped({n: [v] for n, v in s.context.pairs().items()} if s.context else {}),
        )
        for s in practice.competency_scores
    )
    return Observation("validation", at, practice.event_source, body["event_id"], practice.event_type, scores)


def general(profiles: dict[str, list[SkillRating]], name: str, competency: str) -> SkillRating:
    row = rating_for(profiles[address(name)], competency)
    assert row is not None
    return row


class TestWhatTheProductFinds:
    def test_ratings_spread_as_in_a_real_organisation(self, profiles: dict[str, list[SkillRating]]) -> None:
        for competency in model.framework().core:
            rows = [rating_for(rows, competency) for rows in profiles.values()]
            rated = [row.rating / 100 for row in rows if row and row.rating is not None]
            assert len(rated) == 39
            assert 68 < mean(rated) < 88
            assert 4 < pstdev(rated) < 11

    def test_the_answer_to_are_we_ready_is_neither_yes_nor_no(self, profiles: dict[str, list[SkillRating]]) -> None:
        coverage = {}
        for competency in model.framework().core:
            rows = [rating_for(rows, competency) for rows in profiles.values()]
            coverage[competency] = sum(row is not None and row.status == "validated" for row in rows) / 40
        assert all(0.4 < share < 0.95 for share in coverage.values())
        assert max(coverage.values()) - min(coverage.values()) > 0.1
        ready = [
            all((row := rating_for(rows, c)) and row.status == "validated" for c in model.framework().core)
            for rows in profiles.values()
        ]
        assert 0.25 < sum(ready) / 40 < 0.7

    def test_healthcare_is_the_weak_column_of_the_heat_map(self, profiles: dict[str, list[SkillRating]]) -> None:
        for competency in model.framework().core:
            cells = {}
            for industry in model.INDUSTRIES:
                context = context_of({"industry": industry})
                rows = [rating_for(rows, competency, context) for rows in profiles.values()]
                cells[industry] = mean(row.rating / 100 for row in rows if row and row.rating is not None)
            assert cells["healthcare"] < mean(cells.values()) - 2

    def test_practice_and_field_disagree_where_the_model_says_so(self, profiles: dict[str, list[SkillRating]]) -> None:
        for name, gap in model.APART.items():
            rows = [general(profiles, name, competency) for competency in model.framework().core]
            apart = [
                (row.practice_rating - row.field_rating) / 100
                for row in rows
                if row.practice_rating is not None and row.field_rating is not None
            ]
            assert mean(apart) * gap > 0
            assert abs(mean(apart)) > 12, name
            assert any(row.apart for row in rows), name

    def test_practice_and_field_mostly_agree_elsewhere(self, profiles: dict[str, list[SkillRating]]) -> None:
        differences = [
            (row.practice_rating - row.field_rating) / 100
            for email, rows in profiles.items()
            for row in rows
            if not row.context
            and row.practice_rating is not None
            and row.field_rating is not None
            and email not in {address(name) for name in model.APART}
        ]
        assert len(differences) > 100
        assert abs(mean(differences)) < 7

    def test_one_certification_has_expired(self, profiles: dict[str, list[SkillRating]]) -> None:
        expired = [
            (email, row.competency, row.context)
            for email, rows in profiles.items()
            for row in rows
            if row.status == "expired" and row.context == "product_line=platform-v2"
        ]
        assert expired == [(address(model.EXPIRED), "product_knowledge", "product_line=platform-v2")]

    def test_someone_has_nearly_nothing(self, profiles: dict[str, list[SkillRating]]) -> None:
        rows = profiles[address(model.NEARLY_NOTHING)]
        assert all(row.rating is None for row in rows)
        assert any(row.preliminary is not None for row in rows)

    def test_new_hires_improve(self, events: list[Event]) -> None:
        """Over all new hires, calls of the second half score higher than those of the first."""
        gains = []
        for name in model.NEW:
            scores = [
                mean(score["score"] for score in body["competency_scores"])
                for body in bodies(events, FIELD_OBSERVATIONS)
                if body["employee_id"] == address(name)
            ]
            half = len(scores) // 2
            gains.append(mean(scores[half:]) - mean(scores[:half]))
        assert mean(gains) > 3

    def test_sarah_is_strong_and_joe_weaker_in_product_knowledge(self, profiles: dict[str, list[SkillRating]]) -> None:
        def rating(name: str, competency: str) -> int:
            found = general(profiles, name, competency).rating
            assert found is not None
            return found

        assert all(rating("Sarah Johnson", competency) > 8_400 for competency in model.framework().core)
        assert rating("Joe Smith", "product_knowledge") < rating("Joe Smith", "discovery") - 500


class TestDice:
    def test_give_known_numbers(self) -> None:
        """The first draws of a stream, so that a change of the generator or of Python shows."""
        dice = Dice(1, "history", "Joe Smith")
        drawn = [round(dice.between(0, 1), 9), dice.whole(1, 6), dice.pick("abc"), round(dice.normal(0, 1), 9)]
        assert drawn == [0.565975015, 4, "b", 0.058154406]

    def test_follow_their_distributions(self) -> None:
        dice = Dice("distributions")
        drawn = [dice.normal(50, 10) for _ in range(4_000)]
        assert abs(mean(drawn) - 50) < 0.7
        assert abs(pstdev(drawn) - 10) < 0.5
        picks = Counter(dice.pick("xyz", (0.5, 0.3, 0.2)) for _ in range(4_000))
        assert abs(picks["x"] / 4_000 - 0.5) < 0.04
        assert {dice.whole(2, 4) for _ in range(200)} == {2, 3, 4}
        assert dice.some([1, 2, 3], 5) == [1, 2, 3]
        assert all(len(set(dice.some("abcdef", 3))) == 3 for _ in range(50))


class TestFeeding:
    def test_imports_the_people_then_posts_every_event(self, events: list[Event]) -> None:
        sent: list[tuple[str, str]] = []
        taken: list[dict[str, Any]] = []
        totals: list[int] = []

        def post(path: str, body: bytes, content_type: str = "application/json") -> Answer:
            sent.append((path, content_type))
            if content_type == "text/csv":
                return Answer(200, b'{"created": 50, "rejected": 0}')
            several = json.loads(body)
            taken.extend(several)
            results = [{"index": i, "status": 201, "answer": {}} for i in range(len(several))]
            return Answer(207, json.dumps({"results": results}).encode())

        def progress(total: int) -> Callable[[Report], None]:
            return lambda report: totals.append(total - report.done)

        fed = feeding.feed(post, progress, as_of=AS_OF)
        assert sent[0] == ("/api/v1/employees/import", "text/csv")
        assert fed.people == {"created": 50, "rejected": 0}
        assert fed.events.accepted == len(taken) == len(events)
        assert {path for path, _ in sent[1:]} == {VALIDATION_EVENTS, FIELD_OBSERVATIONS, LEARNING_ACTIVITIES}
        assert totals[-1] == 0

    def test_says_why_the_people_are_not_taken(self) -> None:
        def post(path: str, body: bytes, content_type: str = "application/json") -> Answer:
            return Answer(403, b'{"detail": "may not import people"}')

        with pytest.raises(Refused, match="403: may not import people"):
            feeding.feed(post, lambda total: lambda report: None, as_of=AS_OF)
