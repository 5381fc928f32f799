"""Readiness, people, profiles, activity: from use cases to view models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from functions.portal.analysts import page as analysts
from functions.portal.pages import field, profile
from functions.portal.services import Services
from functions.portal.shell import words
from functions.portal.shell.paging import cursor, following
from functions.portal.shell.visit import Page, PageOrRedirect, Redirect, Visit
from shared.conversations.records import CallRecord, record_id
from shared.frameworks.domain.framework import Framework
from shared.intake.contract import HistoryItem
from shared.kernel import access
from shared.kernel.context import decode_skill, encode_context, label
from shared.kernel.days import EPOCH, date_of
from shared.observations.domain.entry import NO_SCORE
from shared.observations.domain.event_filter import EventFilter
from shared.observations.domain.observation import Observation
from shared.people.records import Employee
from shared.ratings.contract import ScorerCertificate
from shared.ratings.domain import gaps
from shared.ratings.domain.discrepancy import since
from shared.ratings.domain.explanation import explain, points, to_raise_confidence
from shared.ratings.domain.projection import Projection
from shared.ratings.domain.readiness import overall
from shared.ratings.domain.skill_rating import SkillRating
from shared.ratings.usecases.profiles import worth_showing

# One person


def show_me(services: Services, visit: Visit) -> PageOrRedirect:
    if visit.caller.employee_id is None:
        return Redirect("/")
    return show_profile(services, visit, visit.caller.employee_id)


def show_profile(services: Services, visit: Visit, employee_id: str) -> PageOrRedirect:
    record = services.profile_access.open(visit.caller, employee_id, page="profile")
    projection = services.profiles.projection(employee_id)
    standing = services.activity.effective(visit.caller, employee_id)
    latest = services.history.of(visit.caller, record, EventFilter(), limit=8).items
    manager = record.manager_id
    name = services.employees.names([manager])[manager] if manager else None
    certificates = services.profiles.scorer_certificates(employee_id, projection.framework, projection.as_of)
    view = profile_view(record, projection, standing, latest, name, visit, certificates)
    return Page("profile.html", profile.present(view), "me" if view.own else "people")


def profile_view(
    record: Employee,
    projection: Projection,
    standing: Sequence[Observation],
    latest: Sequence[HistoryItem],
    manager: str | None,
    visit: Visit,
    certificates: Sequence[Mapping[str, Any]] = (),
) -> profile.Profile:
    framework = projection.framework
    rows = projection.rows()
    general = {row.competency: row for row in rows if row.context == ""}
    core = [general[competency] for competency in framework.core if competency in general]
    seen = any(row.basis != "none" for row in rows)
    own = record.employee_id == visit.caller.employee_id
    return profile.Profile(
        employee_id=record.employee_id,
        name=record.name,
        role=words.ROLE.get(record.role, record.role),
        manager=manager,
        hire_date=record.hire_date,
        as_of=EPOCH + timedelta(days=projection.as_of),
        own=own,
        readiness=overall(rows, framework) / 100 if seen else None,
        validated=sum(row.status == "validated" for row in core),
        core=len(framework.core),
        skills=tuple(
            _skill(general[competency], rows, projection, standing, certificates)
            for competency in framework.by_competency
            if competency in general
        ),
        recommendations=tuple(_recommendation(gap, projection, general) for gap in gaps.gaps(rows, framework, most=5)),
        latest=tuple(_event(item) for item in latest),
        audited=access.is_audited(visit.caller, record.employee_id),
        active=record.active,
    )


def _skill(
    row: SkillRating,
    rows: Sequence[SkillRating],
    projection: Projection,
    standing: Sequence[Observation],
    certificates: Sequence[Mapping[str, Any]],
) -> profile.Skill:
    framework = projection.framework
    competency = framework.by_competency[row.competency]
    rule = framework.rule_for(row.competency, ())
    raising = to_raise_confidence(row)
    why = explain(row, projection.left_out(*row.key))
    contexts = [
        other for other in rows if other.competency == row.competency and other.context and worth_showing(other)
    ]
    contexts.sort(key=lambda other: (other.context.count("&"), -other.observations, other.context))
    bar = None
    if rule is not None:
        bar = rule.min_field_score if rule.min_field_score is not None else rule.min_validation_score
    return profile.Skill(
        competency=row.competency,
        name=competency.name,
        core=competency.core,
        rating=_points(row.rating),
        preliminary=_points(row.preliminary),
        low=_points(row.low),
        high=_points(row.high),
        confidence=row.confidence,
        trend=row.trend,
        status=row.status,
        why=why + (f" To raise confidence: {raising[0].lower()}{raising[1:]}" if raising else ""),
        stale=row.stale,
        bar=bar,
        field=row.field,
        validation=row.validation,
        learning=row.learning,
        held=row.pending_review,
        practice_rating=_points(row.practice_rating),
        field_rating=_points(row.field_rating),
        discrepancy=row.discrepancy,
        apart_since=date_of(since(projection, row)),
        decayed=_points(row.decayed),
        validated_on=None if row.validated_on is None else date_of(row.validated_on),
        expires_on=None if row.expires_on is None else date_of(row.expires_on),
        contexts=tuple(
            profile.ContextSkill(
                words.plain(label(decode_skill(other.context))),
                _points(other.rating),
                _points(other.low),
                _points(other.high),
                other.confidence,
                other.status,
                other.observations,
            )
            for other in contexts[:12]
        ),
        history=tuple(_history(framework, row.competency, standing)),
        scorers=tuple(
            (str(one["scorer"]), analysts.sentence(ScorerCertificate.model_validate(one)))
            for one in certificates
            if one["competency"] == row.competency
        ),
    )


def _points(hundredths: int | None) -> float | None:
    return None if hundredths is None else hundredths / 100


def _history(framework: Framework, competency: str, standing: Sequence[Observation]) -> list[profile.Event]:
    found = []
    for index, observation in enumerate(standing):
        for score in observation.scores:
            if framework.competency_named(score.competency) != competency:
                continue
            found.append(
                profile.Event(
                    event_id=f"{observation.source_id}-{index}",
                    at=datetime.fromtimestamp(observation.at, UTC),
                    kind=observation.kind,
                    activity=observation.activity,
                    source=observation.source,
                    score=None if score.hundredths == NO_SCORE else score.hundredths / 100,
                    standing=observation.standing,
                    context=", ".join(value for _, values in score.context for value in values),
                )
            )
            break
    return found


def _recommendation(
    gap: gaps.Gap, projection: Projection, general: Mapping[str, SkillRating]
) -> profile.Recommendation:
    context = encode_context(tuple((dimension, (value,)) for dimension, value in gap.context))
    progress = projection.progress(gap.competency, context)
    scenario = gap.scenario
    kind = scenario.activity_type if scenario else "role_play"
    why = gaps.reason(progress, gap.context, kind) if progress else gap.recommendation
    number = points(gap.rating)
    return profile.Recommendation(
        name=projection.framework.by_competency[gap.competency].name,
        context=words.plain(label(gap.context)) if gap.context else "",
        severity=gap.severity,
        reason=f"{'No current rating' if number is None else f'Rated {number:g}'}. {why}.",
        scenario=scenario.title if scenario else None,
        minutes=scenario.minutes if scenario else None,
        url=scenario.url if scenario and scenario.url and scenario.url.startswith("https://") else None,
    )


def _event(item: HistoryItem) -> profile.Event:
    payload = item.payload
    link = next((payload[name] for name in ("details_url", "source_url", "content_url") if payload.get(name)), None)
    score = payload.get("overall_score", payload.get("quiz_score"))
    if score is None:
        scores = [entry["score"] for entry in payload.get("competency_scores", ()) if entry.get("score") is not None]
        score = sum(scores) / len(scores) if scores else None
    kind = "learning" if "content_id" in payload else "field" if "observation_source" in payload else "validation"
    return profile.Event(
        event_id=item.event_id,
        at=item.occurred_at,
        kind=kind,
        activity=item.activity,
        source=item.source,
        score=score,
        standing=item.standing,
        link=link if isinstance(link, str) and link.startswith("https://") else None,
    )


def _name(framework: Framework, word: str) -> str:
    known = framework.competency_named(word)
    return framework.by_competency[known].name if known else words.plain(word)


def show_field(services: Services, visit: Visit, employee_id: str) -> PageOrRedirect:
    """Shows what was observed of a person with customers, beside practice and by context."""
    record = services.profile_access.open(visit.caller, employee_id, page="field")
    projection = services.profiles.projection(employee_id)
    framework = projection.framework
    after = cursor(visit.query.get("after"))
    found = services.history.of(visit.caller, record, EventFilter("field"), limit=25, after=after)
    calls = services.call_records.find(sorted({record_id(item.source, item.source_id) for item in found.items}))
    view = field.Field(
        employee_id=employee_id,
        name=record.name,
        own=employee_id == visit.caller.employee_id,
        audited=access.is_audited(visit.caller, employee_id),
        seen=tuple(_seen(item, framework, calls, employee_id) for item in found.items),
        beside=tuple(
            field.Beside(
                framework.by_competency[row.competency].name,
                _points(row.practice_rating),
                _points(row.field_rating),
                row.validation,
                row.field,
                row.discrepancy,
                date_of(since(projection, row)),
            )
            for row in projection.rows()
            if row.context == "" and (row.field or row.validation)
        ),
        contexts=field.in_contexts(
            services.activity.effective(visit.caller, employee_id), tuple(framework.by_dimension), projection.as_of
        ),
        certificates=tuple(services.profiles.scorer_certificates(employee_id, framework, projection.as_of)),
        names={competency: one.name for competency, one in framework.by_competency.items()},
        more=following(f"/people/{quote(employee_id)}/field", found.next),
    )
    return Page("field.html", field.present(view), "me" if view.own else "people")


def _seen(item: HistoryItem, framework: Framework, calls: Mapping[str, CallRecord], employee_id: str) -> field.Seen:
    payload = item.payload
    metadata = payload.get("analysis_metadata") or {}
    opens, call = item.scores_open_at, record_id(item.source, item.source_id)
    decided = (metadata.get("review_decision") or "confirmed") if metadata.get("human_reviewed") else None
    results = calls[call].observations if call in calls and decided is None else ()
    waiting = {name for one in results if one.employee_id == employee_id for name in one.pending_review}
    scores = []
    for one in payload.get("competency_scores", ()):
        competency = framework.competency_named(one["competency"].strip())
        name = framework.by_competency[competency].name if competency else words.plain(one["competency"])
        scores.append((name, float(one["score"]), one["competency"] in waiting))
    return field.Seen(
        at=item.occurred_at,
        account=item.deal.account_name if item.deal else None,
        source=item.source,
        scores=tuple(scores),
        standing=item.standing,
        decided=None if opens else decided,
        opens_at=opens,
        call=call if call in calls else None,
    )
