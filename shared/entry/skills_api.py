"""The routes of `skills_api`: from a request to a use case and back."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from shared.call_pipeline.contract import DealLinkBody, ReanalysisBody
from shared.conversations.domain import call_state
from shared.frameworks.contract import DimensionBody, FrameworkBody
from shared.frameworks.usecases.configuration import DEFAULT_FRAMEWORK
from shared.kernel.bodies import to_utc
from shared.kernel.errors import NotFound, Rejected, UnsupportedMedia
from shared.kernel.moments import text
from shared.kernel.reading import is_document_name, page_end
from shared.observations.domain.observation import Kind
from shared.operations.usecases.taking_in import take_in
from shared.people.contract import EmployeeBody
from shared.people.usecases import people as people_views
from shared.platform.edges.http import Answer, Call, Handler, require_plain
from shared.privacy.contract import ErasureBody, EscalationBody, GrantBody
from shared.ratings.contract import RecalculationBody
from shared.ratings.usecases.profiles import context_from_text
from shared.reviews.contract import Contest, ReviewDecision, ReviewSettingsBody
from shared.reviews.domain.review import REASONS, STATES
from shared.taxonomy.contract import HeldDecision, SkillBody, SkillChange
from shared.taxonomy.usecases.skills import definition

if TYPE_CHECKING:
    from shared.call_pipeline.usecases.call_deals import LinkCalls
    from shared.call_pipeline.usecases.call_views import CallViews
    from shared.call_pipeline.usecases.reanalyse_calls import ReanalyseCalls
    from shared.intake.usecases.record_event import RecordEvents
    from shared.operations.usecases.health import Health
    from shared.people.usecases.people import People
    from shared.platform.usecases.audit import Audit
    from shared.platform.usecases.notices import Notifications
    from shared.platform.usecases.quarantine import Quarantine
    from shared.ports.messages import DeadLetter, DeadLetters
    from shared.privacy.usecases.erase_person import ErasePerson
    from shared.privacy.usecases.transcript_access import Opened, TranscriptAccess
    from shared.privacy.usecases.transcript_samples import TranscriptSamples
    from shared.ratings.usecases.profiles import Profiles
    from shared.ratings.usecases.recalculate import Recalculate
    from shared.ratings.usecases.team_readiness import Readiness
    from shared.reviews.usecases.certify import Certify
    from shared.reviews.usecases.reviews import Reviews
    from shared.reviews.usecases.settings import Settings
    from shared.taxonomy.usecases.held_scores import HeldScores
    from shared.taxonomy.usecases.skills import Skills


@dataclass(frozen=True, slots=True)
class Services:
    """What gives the use cases behind the routes: each is loaded and made for the first request that needs it."""

    people: Callable[[], People]
    profiles: Callable[[], Profiles]
    events: Callable[[], RecordEvents]
    skills: Callable[[], Skills]
    recalculate: Callable[[], Recalculate]
    readiness: Callable[[], Readiness]
    audit: Callable[[], Audit]
    held_scores: Callable[[], HeldScores]
    reviews: Callable[[], Reviews]
    certify: Callable[[], Certify]
    settings: Callable[[], Settings]
    quarantine: Callable[[], Quarantine]
    dead_letters: Callable[[], DeadLetters]
    health: Callable[[], Health]
    calls: Callable[[], CallViews]
    reanalyses: Callable[[], ReanalyseCalls]
    links: Callable[[], LinkCalls]
    transcripts: Callable[[], TranscriptAccess]
    samples: Callable[[], TranscriptSamples]
    notifications: Callable[[], Notifications]
    erasing: Callable[[], ErasePerson]


def handlers(services: Services) -> dict[str, Handler]:
    """Handlers by operation."""

    def history(kind: Kind) -> Handler:
        def handle(call: Call) -> Answer:
            employee_id = _employee_id(call)
            services.people().open_profile(call.caller, employee_id, page=f"{kind} history")
            items, following = services.profiles().history(
                call.caller,
                employee_id,
                kind,
                limit=_limit(call),
                after=_cursor(call),
                since=_moment(call, "since"),
                until=_moment(call, "until"),
                source=call.query.get("source"),
                competency=call.query.get("competency"),
                standing=_one_of(call, "standing", ("counted", "held", "rejected")),
            )
            return Answer({"employee_id": employee_id, "items": items, "next_cursor": _following(following)})

        return handle

    def get_profile(call: Call) -> Answer:
        employee_id = _employee_id(call)
        services.people().open_profile(call.caller, employee_id, page="profile")
        extra = context_from_text(call.query["context"]) if "context" in call.query else None
        projection = services.profiles().projection(employee_id, as_of=_date(call, "as_of"), extra=extra)
        return Answer(services.profiles().profile(employee_id, projection, competency=call.query.get("competency")))

    def list_employees(call: Call) -> Answer:
        active = _one_of(call, "active", ("true", "false", "all")) or "true"
        after = call.query.get("cursor")
        records, following = services.people().page(
            call.caller,
            limit=_limit(call),
            after=None if after is None else str(_decode_cursor(after, 1)[0]),
            manager=call.query["manager"].strip().lower() if "manager" in call.query else None,
            active={"true": True, "false": False, "all": None}[active],
        )
        cursor = None if following is None else _encode_cursor([following])
        return Answer({"employees": [people_views.view(record) for record in records], "next_cursor": cursor})

    def import_employees(call: Call) -> Answer:
        return Answer(services.people().import_csv(_csv(call), call.caller))

    def import_certifications(call: Call) -> Answer:
        return Answer(services.people().import_certifications(_csv(call), call.caller, services.events()))

    def get_employee(call: Call) -> Answer:
        return Answer(people_views.view(services.people().open_profile(call.caller, _employee_id(call), page="record")))

    def put_employee(call: Call) -> Answer:
        employee_id = _employee_id(call)
        body = call.body(EmployeeBody)
        return Answer(people_views.view(services.people().put(employee_id, body, call.caller)))

    def list_skills(call: Call) -> Answer:
        framework = services.skills().framework(_framework_id(call))
        return Answer(
            {
                "skills": [definition(framework, competency) for competency in framework.competencies],
                "framework_id": framework.framework_id,
                "framework_version": framework.version,
            }
        )

    def create_skill(call: Call) -> Answer:
        framework, competency = services.skills().create(call.body(SkillBody), call.caller)
        location = f"/api/v1/skills/{competency.skill_id}"
        return Answer(definition(framework, competency), 201, {"Location": location})

    def get_skill(call: Call) -> Answer:
        return Answer(definition(*services.skills().skill(_framework_id(call), call.path["skill_id"])))

    def update_skill(call: Call) -> Answer:
        body = call.body(SkillChange)
        changed = services.skills().change(_framework_id(call), call.path["skill_id"], body, call.caller)
        return Answer(definition(*changed))

    def preview_skill(call: Call) -> Answer:
        after = call.query.get("cursor")
        answer = services.skills().preview(
            _framework_id(call),
            call.path["skill_id"],
            call.body(SkillChange),
            limit=_limit(call, default=200),
            after=None if after is None else str(_decode_cursor(after, 1)[0]),
        )
        following = answer["next_cursor"]
        return Answer({**answer, "next_cursor": None if following is None else _encode_cursor([following])})

    def list_skill_versions(call: Call) -> Answer:
        versions = services.skills().versions(_framework_id(call), call.path["skill_id"])
        return Answer({"skill_id": call.path["skill_id"], "versions": versions})

    def recalculate(call: Call) -> Answer:
        body = call.body(RecalculationBody)
        run = services.recalculate().start(
            started_by=call.caller.employee_id or call.caller.email,
            employee_ids=body.employee_ids,
            from_ledger=body.from_ledger,
        )
        services.audit().record(call.caller, "recalculation.started", subject=run["run_id"])
        return Answer(run, 202, {"Location": f"/api/v1/recalculations/{run['run_id']}"})

    def get_recalculation(call: Call) -> Answer:
        return Answer(services.recalculate().progress(call.path["run_id"]))

    def list_frameworks(call: Call) -> Answer:
        return Answer(
            {
                "frameworks": [
                    {
                        "framework_id": framework.framework_id,
                        "name": framework.name,
                        "version": framework.version,
                        "competencies": len(framework.competencies),
                        "rules": len(framework.rules),
                    }
                    for framework in services.skills().frameworks()
                ]
            }
        )

    def get_framework(call: Call) -> Answer:
        version = _whole_number(call, "version", 1, 1_000_000_000)
        return Answer({"framework": services.skills().framework(call.path["framework_id"], version).to_dict()})

    def put_framework(call: Call) -> Answer:
        if_version = _whole_number(call, "if_version", 0, 1_000_000_000)
        body = call.body(FrameworkBody)
        published = services.skills().publish_framework(
            call.path["framework_id"], body, call.caller, if_version=if_version
        )
        return Answer({"framework": published.to_dict()})

    def put_dimension(call: Call) -> Answer:
        body = call.body(DimensionBody)
        changed = services.skills().set_dimension(call.path["framework_id"], call.path["dimension"], body, call.caller)
        return Answer({"framework": changed.to_dict()})

    def get_readiness(call: Call) -> Answer:
        return Answer(
            services.readiness().answer(
                call.caller, framework_id=call.query.get("framework_id"), dimension=call.query.get("dimension")
            )
        )

    def list_calls(call: Call) -> Answer:
        state = _one_of(call, "state", call_state.STATES)
        deal = _one_of(call, "deal", call_state.HOWS)
        employee = call.query["employee"].strip().lower() if "employee" in call.query else None
        if (state and deal) or (employee and (state or deal)):
            raise Rejected("give at most one of employee, state and deal", field="deal" if deal else "state")
        items, following = services.calls().page(
            call.caller,
            employee_id=employee,
            state=state,
            deal_link=deal,
            since=_moment(call, "since"),
            until=_moment(call, "until"),
            limit=_limit(call),
            after=_cursor(call),
        )
        return Answer({"items": [_plain(item) for item in items], "next_cursor": _following(following)})

    def get_call(call: Call) -> Answer:
        return Answer(_plain(services.calls().one(call.caller, call.path["call_id"])))

    def reanalyse_call(call: Call) -> Answer:
        call_id = call.path["call_id"]
        services.calls().may_act_on(call.caller, call_id)
        services.reanalyses().one(call_id, call.caller)
        return Answer(_plain(services.calls().one(call.caller, call_id)), 202, {"Location": f"/api/v1/calls/{call_id}"})

    def link_call(call: Call) -> Answer:
        call_id, body = call.path["call_id"], call.body(DealLinkBody)
        services.calls().may_act_on(call.caller, call_id)
        services.links().link(call_id, body.deal_id, body.account_name, call.caller)
        return Answer(_plain(services.calls().one(call.caller, call_id)))

    def reanalyse_calls(call: Call) -> Answer:
        body = call.body(ReanalysisBody)
        run = services.reanalyses().period(to_utc(body.since), to_utc(body.until), body.source, call.caller)
        return Answer(_plain(run), 202, {"Location": f"/api/v1/calls/analyses/{run['run_id']}"})

    def get_reanalysis(call: Call) -> Answer:
        return Answer(_plain(services.reanalyses().progress(call.path["run_id"])))

    def get_transcript(call: Call) -> Answer:
        source = call.query.get("source")
        record_id = call.path["call_id"] if source is None else f"{source}-{call.path['call_id']}"
        return Answer(_transcript(record_id, services.transcripts().open(call.caller, record_id)))

    def get_transcript_samples(call: Call) -> Answer:
        for name in ("competency", "band"):
            if not call.query.get(name):
                raise Rejected(f"{name}: say which", field=name)
        return Answer(
            services.samples().of(
                call.caller, call.query["competency"], call.query["band"], framework_id=_framework_id(call)
            )
        )

    def list_transcript_grants(call: Call) -> Answer:
        return Answer({"grants": [_plain(grant) for grant in services.transcripts().grants(call.caller)]})

    def grant_transcripts(call: Call) -> Answer:
        body = call.body(GrantBody)
        given = services.transcripts().grant(
            call.caller, body.employee_id, body.to, purpose=body.purpose, days=body.days
        )
        return Answer(_plain(given), 201)

    def revoke_transcript_grant(call: Call) -> Answer:
        return Answer(_plain(services.transcripts().revoke_grant(call.caller, call.path["grant_id"])))

    def list_escalations(call: Call) -> Answer:
        return Answer({"escalations": [_plain(one) for one in services.transcripts().escalations(call.caller)]})

    def escalate_call(call: Call) -> Answer:
        body = call.body(EscalationBody)
        raised = services.transcripts().escalate(call.caller, body.call_id, body.to, reason=body.reason)
        return Answer(_plain(raised), 201)

    def revoke_escalation(call: Call) -> Answer:
        return Answer(_plain(services.transcripts().revoke_escalation(call.caller, call.path["escalation_id"])))

    def list_notifications(call: Call) -> Answer:
        told, employee_id = services.notifications(), _employee_id(call)
        items, following = told.list(call.caller, employee_id, limit=_limit(call), after=_cursor(call))
        return Answer(
            {
                "items": [_notification(item) for item in items],
                "unread": told.unread(employee_id),
                "next_cursor": _following(following),
            }
        )

    def read_notification(call: Call) -> Answer:
        notification_id = call.path["notification_id"]
        return Answer(
            _notification(services.notifications().mark_read(call.caller, _employee_id(call), notification_id))
        )

    def erase_employee(call: Call) -> Answer:
        confirmed = call.body(ErasureBody).employee_id
        run = services.erasing().start(call.caller, _employee_id(call), confirmed)
        return Answer(_plain(run), 202, {"Location": f"/api/v1/erasures/{run['run_id']}"})

    def list_erasures(call: Call) -> Answer:
        return Answer({"erasures": [_plain(run) for run in services.erasing().list(call.caller)]})

    def get_erasure(call: Call) -> Answer:
        return Answer(_plain(services.erasing().progress(call.caller, call.path["run_id"])))

    def search_audit(call: Call) -> Answer:
        items, following = services.audit().search(
            actor=call.query.get("actor"),
            subject=call.query.get("subject"),
            action=call.query.get("action"),
            since=_moment(call, "since"),
            until=_moment(call, "until"),
            limit=_limit(call),
            after=_cursor(call),
        )
        shown = [{**item, "at": text(item["at"])} for item in items]
        return Answer({"items": shown, "next_cursor": _following(following)})

    def list_held_scores(call: Call) -> Answer:
        items, following = services.held_scores().list(limit=_limit(call), after=_cursor(call))
        return Answer({"items": [_held(item) for item in items], "next_cursor": _following(following)})

    def decide_held_score(call: Call) -> Answer:
        body = call.body(HeldDecision)
        return Answer(_held(services.held_scores().decide(call.path["held_id"], body, call.caller)))

    def list_reviews(call: Call) -> Answer:
        named = call.query.get("employee_id")
        items, following = services.reviews().page(
            call.caller,
            state=_one_of(call, "state", STATES),
            reason=_one_of(call, "reason", REASONS),
            employee_id=None if named is None else named.strip().lower(),
            limit=_limit(call),
            after=_cursor(call),
        )
        return Answer({"items": items, "next_cursor": _following(following)})

    def get_review(call: Call) -> Answer:
        return Answer(services.reviews().get(call.caller, call.path["review_id"]))

    def decide_review(call: Call) -> Answer:
        body = call.body(ReviewDecision)
        return Answer(services.reviews().decide(call.caller, call.path["review_id"], body))

    def contest_review(call: Call) -> Answer:
        body = call.body(Contest)
        return Answer(services.reviews().contest(call.caller, call.path["review_id"], body))

    def get_review_settings(call: Call) -> Answer:
        return Answer(services.settings().reviews())

    def put_review_settings(call: Call) -> Answer:
        return Answer(services.settings().set_reviews(call.body(ReviewSettingsBody), call.caller))

    def list_certificates(call: Call) -> Answer:
        return Answer({"certificates": services.certify().certificates()})

    def get_certificate_history(call: Call) -> Answer:
        return Answer({"days": services.certify().history(call.path["certificate_id"])})

    def list_quarantine(call: Call) -> Answer:
        items, following = services.quarantine().list(limit=_limit(call), after=_cursor(call))
        return Answer({"items": [_quarantined(item) for item in items], "next_cursor": _following(following)})

    def get_quarantined(call: Call) -> Answer:
        item, content = services.quarantine().get(call.path["quarantine_id"])
        services.audit().record(call.caller, "quarantine.viewed", subject=item["quarantine_id"])
        return Answer({**_quarantined(item), "content": content[:200_000].decode("utf-8", errors="replace")})

    def replay_quarantined(call: Call) -> Answer:
        again = take_in(services.events, services.quarantine, services.reanalyses)
        status, answer = services.quarantine().replay(call.path["quarantine_id"], call.caller, again)
        return Answer({"status": status, "answer": answer})

    def discard_quarantined(call: Call) -> Answer:
        services.quarantine().discard(call.path["quarantine_id"], call.caller)
        return Answer({"done": True})

    def list_dead_letters(call: Call) -> Answer:
        return Answer({"items": [_letter(letter) for letter in services.dead_letters().list(limit=200)]})

    def get_dead_letter(call: Call) -> Answer:
        letter = services.dead_letters().get(call.path["letter_id"])
        if letter is None:
            raise _no_letter(call)
        services.audit().record(call.caller, "dead_letter.viewed", subject=letter.letter_id)
        return Answer({**_letter(letter), "data": dict(letter.data), "attributes": dict(letter.attributes)})

    def replay_dead_letter(call: Call) -> Answer:
        services.audit().record(call.caller, "dead_letter.replayed", subject=call.path["letter_id"])
        if not services.dead_letters().replay(call.path["letter_id"]):
            raise _no_letter(call)
        return Answer({"done": True})

    def discard_dead_letter(call: Call) -> Answer:
        services.audit().record(call.caller, "dead_letter.discarded", subject=call.path["letter_id"])
        if not services.dead_letters().discard(call.path["letter_id"]):
            raise _no_letter(call)
        return Answer({"done": True})

    def get_health(call: Call) -> Answer:
        return Answer(services.health().latest())

    def get_openapi(call: Call) -> Answer:
        from shared.contracts.openapi import document

        return Answer(document())

    def get_documentation(call: Call) -> Answer:
        from shared.contracts.openapi import document
        from shared.contracts.openapi_page import page

        return Answer(text=page(document()), content_type="text/html; charset=utf-8", headers=PAGE_HEADERS)

    named = {name: value for name, value in locals().items() if callable(value) and name not in {"services", "history"}}
    return {
        **named,
        "list_validation_events": history("validation"),
        "list_field_observations": history("field"),
        "list_learning_activities": history("learning"),
    }


PAGE_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}


def _employee_id(call: Call) -> str:
    return call.path["employee_id"].strip().lower()


def _framework_id(call: Call) -> str:
    framework_id = call.query.get("framework_id", DEFAULT_FRAMEWORK)
    if not is_document_name(framework_id):
        raise NotFound(f"there is no framework {framework_id[:60]!r}", field="framework_id")
    return framework_id


def _limit(call: Call, default: int = 50) -> int:
    return _whole_number(call, "limit", 1, 200) or default


def _whole_number(call: Call, name: str, least: int, most: int) -> int | None:
    given = call.query.get(name)
    if given is None:
        return None
    if not given.isascii() or not given.isdigit() or len(given) > 12 or not least <= int(given) <= most:
        raise Rejected(f"{name}: {given[:40]!r} is no whole number from {least} to {most}", field=name)
    return int(given)


def _one_of(call: Call, name: str, accepted: tuple[str, ...]) -> str | None:
    given = call.query.get(name)
    if given is not None and given not in accepted:
        raise Rejected(f"{name}: {given[:40]!r} is none of {', '.join(accepted)}", field=name)
    return given


def _moment(call: Call, name: str) -> datetime | None:
    given = call.query.get(name)
    if given is None:
        return None
    try:
        # A "+" in a query string arrives as a space; an offset is the only place where one can stand.
        moment = datetime.fromisoformat(given.replace(" ", "+") if "T" in given else given)
        if moment.tzinfo is None:
            raise ValueError
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Rejected(
            f"{name}: {given[:40]!r} is no date and time with a time zone, e.g. 2026-02-10T14:30:00Z", field=name
        ) from None


def _date(call: Call, name: str) -> date | None:
    given = call.query.get(name)
    if given is None:
        return None
    try:
        day = date.fromisoformat(given)
    except ValueError:
        raise Rejected(f"{name}: {given[:40]!r} is no date, e.g. 2026-02-10", field=name) from None
    if day.year < 2000:
        raise Rejected(f"{name}: {given[:40]} is before 2000", field=name)
    return day


def _encode_cursor(values: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).decode().rstrip("=")


def _decode_cursor(cursor: str, length: int) -> list[Any]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        values = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
        if (
            not isinstance(values, list)
            or len(values) != length
            or not all(isinstance(value, str) for value in values)
            or not is_document_name(values[-1])
        ):
            raise ValueError
    except (ValueError, RecursionError):
        raise Rejected("cursor: not one that this route gave", field="cursor") from None
    return values


def _cursor(call: Call) -> tuple[datetime, str] | None:
    given = call.query.get("cursor")
    if given is None:
        return None
    try:
        return page_end(*_decode_cursor(given, 2))
    except ValueError:
        raise Rejected("cursor: not one that this route gave", field="cursor") from None


def _following(position: tuple[datetime, str] | None) -> str | None:
    return None if position is None else _encode_cursor([position[0].isoformat(), position[1]])


def _csv(call: Call) -> bytes:
    content_type = (call.headers.get("Content-Type") or "").split(";")[0].strip().lower()
    if content_type not in {"text/csv", "application/csv"}:
        raise UnsupportedMedia("send the file as text/csv", field="Content-Type")
    require_plain(call.headers)
    return call.raw


def _held(item: Mapping[str, Any]) -> dict[str, Any]:
    names = ("held_id", "employee_id", "event_id", "competency", "state")
    return {**{name: item[name] for name in names}, "held_at": text(item["held_at"])}


def _quarantined(item: Mapping[str, Any]) -> dict[str, Any]:
    names = ("quarantine_id", "source", "reason", "field", "state", "times_received")
    return {
        **{name: item[name] for name in names},
        "record_id": item.get("record_id"),
        "received_at": text(item["received_at"]),
    }


def _letter(letter: DeadLetter) -> dict[str, Any]:
    return {
        "letter_id": letter.letter_id,
        "subscription": letter.subscription,
        "attempts": letter.attempts,
        "reason": letter.reason,
        "published_at": text(letter.published_at),
        "failed_at": text(letter.failed_at),
    }


def _no_letter(call: Call) -> NotFound:
    return NotFound(f"there is no dead letter {call.path['letter_id'][:80]!r}", field="letter_id")


def _transcript(record_id: str, opened: Opened) -> dict[str, Any]:
    said = opened.conversation
    return {
        "record_id": record_id,
        "source": opened.call["source"],
        "call_id": opened.call["call_id"],
        "started_at": text(said.started) if said.started else None,
        "ground": opened.ground,
        "expires_at": text(opened.expires_at),
        "parties": [
            {"speaker_id": party.speaker_id, "name": party.name, "affiliation": party.affiliation.value}
            for party in said.parties
        ],
        "turns": [
            {
                "index": index,
                "speaker_id": turn.speaker_id,
                "start_ms": turn.start_ms,
                "end_ms": turn.end_ms,
                "text": turn.text,
            }
            for index, turn in enumerate(said.turns)
        ],
    }


def _notification(item: Mapping[str, Any]) -> dict[str, Any]:
    return _plain({name: item[name] for name in ("notification_id", "kind", "at", "facts", "read_at")})


def _plain(item: Mapping[str, Any]) -> dict[str, Any]:
    """An object with its moments as text."""
    return {name: text(value) if isinstance(value, datetime) else value for name, value in item.items()}
