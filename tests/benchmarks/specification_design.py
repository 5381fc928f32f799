"""The specification's own design of the recalculation, to measure against: PostgreSQL, a query per employee, skill and
rule, its rating and its status, and an update of `employee_skills` after each.

Two things are added in its favour: the indexes that the specification forgets, and the scores of an event as rows of
their own, so that a query finds those of one competency by an index. The loop is Python's here, not Node's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg

from shared.domain.framework import Framework
from tests.benchmarks.population import COMPETENCIES, Posted

SCHEMA = """
CREATE TABLE skill_definitions (skill_id TEXT PRIMARY KEY, competency VARCHAR NOT NULL);
CREATE TABLE skill_achievement_rules (
  rule_id SERIAL PRIMARY KEY,
  skill_id TEXT REFERENCES skill_definitions (skill_id),
  applies_to_industry VARCHAR,
  min_validation_attempts INT,
  min_validation_score INT,
  min_field_observations INT,
  min_field_score INT,
  observation_window_days INT,
  expires_after_days INT,
  field_overrides_validation BOOLEAN DEFAULT true
);
CREATE TABLE observations (
  observation_id BIGSERIAL PRIMARY KEY,
  event_id TEXT NOT NULL,
  employee_id TEXT NOT NULL,
  source_type VARCHAR NOT NULL,
  observed_at TIMESTAMPTZ NOT NULL,
  competency VARCHAR NOT NULL,
  industry VARCHAR,
  score INT NOT NULL
);
CREATE TABLE employee_skills (
  employee_id TEXT NOT NULL,
  competency VARCHAR NOT NULL,
  industry VARCHAR NOT NULL,
  status VARCHAR NOT NULL,
  current_rating DOUBLE PRECISION,
  confidence_level VARCHAR NOT NULL,
  last_updated TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (employee_id, competency, industry)
);
"""
INDEXES = """
CREATE INDEX ON skill_achievement_rules (skill_id);
CREATE INDEX ON observations (employee_id, competency, observed_at);
ANALYZE;
"""


@dataclass(frozen=True, slots=True)
class Rule:
    industry: str | None
    min_validation_attempts: int
    min_validation_score: int
    min_field_observations: int
    min_field_score: int
    window_days: int
    field_overrides_validation: bool


@dataclass(frozen=True, slots=True)
class Scored:
    score: int
    age_days: float


class SpecificationDesign:
    """The design on one PostgreSQL connection.

    together: one transaction per employee; the specification's loop has none, so that each statement commits alone
    """

    def __init__(self, connection: psycopg.Connection[Any], now: datetime) -> None:
        self._connection = connection
        self._now = now
        connection.autocommit = True

    def prepare(self, framework: Framework, people: Iterable[tuple[str, Sequence[Posted]]]) -> None:
        """Creates the tables, loads rules and events, and builds the indexes."""
        with self._connection.transaction(), self._connection.cursor() as cursor:
            cursor.execute(SCHEMA)
            for skill in framework.competencies:
                cursor.execute("INSERT INTO skill_definitions VALUES (%s, %s)", (skill.skill_id, skill.competency))
            for rule in framework.rules:
                cursor.execute(
                    "INSERT INTO skill_achievement_rules (skill_id, applies_to_industry, min_validation_attempts, "
                    "min_validation_score, min_field_observations, min_field_score, observation_window_days, "
                    "expires_after_days, field_overrides_validation) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
                    (
                        framework.by_competency[rule.competency].skill_id,
                        dict(rule.context).get("industry"),
                        rule.min_validation_attempts,
                        rule.min_validation_score,
                        rule.min_field_observations,
                        rule.min_field_score,
                        rule.observation_window_days,
                        rule.expires_after_days,
                        rule.field_overrides_validation,
                    ),
                )
            with cursor.copy(
                "COPY observations (event_id, employee_id, source_type, observed_at, competency, industry, score) "
                "FROM STDIN"
            ) as copy:
                for employee, posted in people:
                    for number, event in enumerate(posted):
                        source = "field" if event.path == "field-observations" else "validation"
                        for competency, score in zip(COMPETENCIES, event.scores, strict=True):
                            copy.write_row(
                                (f"{employee}-{number}", employee, source, event.at, competency, event.about, score)
                            )
            cursor.execute(INDEXES)

    def recalculate(self, employees: Sequence[str], *, together: bool) -> None:
        """recalculateEmployeeSkills of the specification, for each employee."""
        for employee in employees:
            with self._transaction(together):
                for skill_id, competency in self._all("SELECT skill_id, competency FROM skill_definitions"):
                    for rule in self._rules(skill_id):
                        self._apply(employee, competency, rule)

    def skills(self, employee: str) -> dict[tuple[str, str], tuple[str, float | None]]:
        """(competency, industry or "") → (status, rating)."""
        rows = self._all(
            "SELECT competency, industry, status, current_rating FROM employee_skills WHERE employee_id = %s",
            (employee,),
        )
        return {(competency, industry): (status, rating) for competency, industry, status, rating in rows}

    @contextmanager
    def _transaction(self, together: bool) -> Iterator[None]:
        if together:
            with self._connection.transaction():
                yield
        else:
            yield

    def _all(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql.encode(), parameters).fetchall()

    def _rules(self, skill_id: str) -> list[Rule]:
        rows = self._all(
            "SELECT applies_to_industry, min_validation_attempts, min_validation_score, min_field_observations, "
            "min_field_score, observation_window_days, field_overrides_validation "
            "FROM skill_achievement_rules WHERE skill_id = %s",
            (skill_id,),
        )
        return [Rule(*row) for row in rows]

    def _apply(self, employee: str, competency: str, rule: Rule) -> None:
        field, validation = self._observations(employee, competency, rule)
        meets_validation = _meets(validation, rule.min_validation_attempts, rule.min_validation_score)
        meets_field = _meets(field, rule.min_field_observations, rule.min_field_score)
        if (rule.field_overrides_validation and meets_field) or (meets_validation and meets_field):
            status = "validated"
        elif meets_validation or meets_field:
            status = "in_progress"
        else:
            status = "not_started"
        rating, confidence = calculate_rating(field, validation)
        self._connection.execute(
            "INSERT INTO employee_skills VALUES (%s, %s, %s, %s, %s, %s, %s) "
            "ON CONFLICT (employee_id, competency, industry) DO UPDATE SET status = excluded.status, "
            "current_rating = excluded.current_rating, confidence_level = excluded.confidence_level, "
            "last_updated = excluded.last_updated",
            (employee, competency, rule.industry or "", status, rating, confidence, self._now),
        )

    def _observations(self, employee: str, competency: str, rule: Rule) -> tuple[list[Scored], list[Scored]]:
        sql = (
            "SELECT source_type, score, observed_at FROM observations WHERE employee_id = %s AND competency = %s "
            "AND observed_at >= %s"
        )
        parameters: list[Any] = [employee, competency, self._now - timedelta(days=rule.window_days)]
        if rule.industry is not None:
            sql += " AND industry = %s"
            parameters.append(rule.industry)
        found: dict[str, list[Scored]] = {"field": [], "validation": []}
        for source, score, at in self._all(sql, parameters):
            found[source].append(Scored(score, (self._now - at).total_seconds() / 86_400))
        return found["field"], found["validation"]


def _meets(observations: Sequence[Scored], least: int, bar: int) -> bool:
    return len(observations) >= least and sum(item.score for item in observations) / len(observations) >= bar


def calculate_rating(field: Sequence[Scored], validation: Sequence[Scored]) -> tuple[float | None, str]:
    """calculateSkillRating of the specification."""
    if len(field) >= 3:
        return weighted_average(field), "high" if len(field) >= 10 else "medium"
    if field and validation:
        return weighted_average(field) * 0.7 + weighted_average(validation) * 0.3, "medium"
    if len(validation) >= 2:
        return weighted_average(validation), "medium" if len(validation) >= 5 else "low"
    return None, "unknown"


def weighted_average(observations: Sequence[Scored]) -> float:
    """Recency 0.4, volume 0.6, with a half-life of 30 days."""
    weights = [0.6 + 0.4 * 2 ** (-item.age_days / 30) for item in observations]
    return sum(w * item.score for w, item in zip(weights, observations, strict=True)) / sum(weights)
