"""The specification's own design of the recalculation, to measure against: PostgreSQL, a query per employee, skill and
rule, its rating and its status, and an update of `employee_skills` after each.

Events are kept as its data model declares them: a table per kind of event, the competencies' scores a list inside the
event (JSONB). The indexes that it forgets are added. The loop is Python's here, not Node's. Two things that it does not
have can be given to it, to see what they would change: each score a row with an index of its own, and one transaction
per employee.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg

from shared.frameworks.domain.framework import Framework
from tests.proofs.population import Posted

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
CREATE TABLE validation_events (
  event_id TEXT PRIMARY KEY,
  employee_id TEXT NOT NULL,
  event_type VARCHAR NOT NULL,
  event_source VARCHAR NOT NULL,
  timestamp TIMESTAMPTZ NOT NULL,
  overall_score INT NOT NULL,
  passed BOOLEAN NOT NULL,
  competency_scores JSONB NOT NULL,
  details_url TEXT,
  session_metadata JSONB
);
CREATE TABLE field_observations (
  observation_id TEXT PRIMARY KEY,
  employee_id TEXT NOT NULL,
  observation_source VARCHAR NOT NULL,
  source_id TEXT NOT NULL,
  timestamp TIMESTAMPTZ NOT NULL,
  competency_scores JSONB NOT NULL,
  context JSONB NOT NULL,
  source_url TEXT,
  analysis_metadata JSONB
);
CREATE VIEW observations AS
  SELECT
    event.employee_id,
    'validation' AS source_type,
    event.timestamp AS observed_at,
    item ->> 'competency' AS competency,
    item -> 'context' ->> 'industry' AS industry,
    (item ->> 'score')::INT AS score
  FROM validation_events AS event, jsonb_array_elements(event.competency_scores) AS item
  UNION ALL
  SELECT
    event.employee_id,
    'field',
    event.timestamp,
    item ->> 'competency',
    event.context ->> 'industry',
    (item ->> 'score')::INT
  FROM field_observations AS event, jsonb_array_elements(event.competency_scores) AS item;
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
CREATE INDEX ON validation_events (employee_id, timestamp);
CREATE INDEX ON field_observations (employee_id, timestamp);
"""
SCORES_AS_ROWS = """
CREATE TABLE observation_rows AS SELECT * FROM observations;
CREATE INDEX ON observation_rows (employee_id, competency, observed_at);
"""
TABLES = {
    "validation-events": (
        "validation_events",
        (
            "event_id",
            "employee_id",
            "event_type",
            "event_source",
            "timestamp",
            "overall_score",
            "passed",
            "competency_scores",
            "details_url",
            "session_metadata",
        ),
    ),
    "field-observations": (
        "field_observations",
        (
            "observation_id",
            "employee_id",
            "observation_source",
            "source_id",
            "timestamp",
            "competency_scores",
            "context",
            "source_url",
            "analysis_metadata",
        ),
    ),
}
DECLARED, ROWS = "observations", "observation_rows"


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
    """The design on one PostgreSQL connection."""

    def __init__(self, connection: psycopg.Connection[Any], now: datetime) -> None:
        self._connection = connection
        self._now = now
        self._observed = DECLARED
        connection.autocommit = True

    def prepare(self, framework: Framework, people: Iterable[Sequence[Posted]]) -> None:
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
            for posted in people:
                for path, (table, columns) in TABLES.items():
                    with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN".encode()) as copy:
                        for event in posted:
                            if event.path == path:
                                copy.write_row([_stored(event.body.get(column)) for column in columns])
            cursor.execute(INDEXES)
            cursor.execute(SCORES_AS_ROWS)
            cursor.execute("ANALYZE")

    def recalculate(self, employees: Sequence[str], *, together: bool = False, scores_as_rows: bool = False) -> None:
        """recalculateEmployeeSkills of the specification, for each employee.

        together: one transaction per employee; the specification's loop has none, so that each statement commits alone
        scores_as_rows: each score is a row of its own, which an index finds; the specification's are inside the event
        """
        self._observed = ROWS if scores_as_rows else DECLARED
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
            f"SELECT source_type, score, observed_at FROM {self._observed} WHERE employee_id = %s AND competency = %s "
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


def _stored(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict | list) else value


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
