"""What was shown at an earlier moment: a history is replayed, and the answers of each moment are asked for again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.frameworks.domain.parameters import Lean, Noise, Parameters, Untrusted
from shared.frameworks.records import Publication, SettingsRecords
from shared.platform.records.kept_since import PATH
from shared.ports.documents import Delete
from tests.api.test_voids import void
from tests.harness.api_client import (
    ADA,
    ADMINISTRATION,
    CRO,
    DANA,
    JOE,
    NOW,
    SARAH,
    ApiClient,
    call_analysed,
    call_seen,
    lesson,
    role_play,
)
from tests.harness.call_records import call_record, took_part

WHY = "Posted for the wrong person"
ENTERPRISE = {"industry": "healthcare", "deal_size": "enterprise"}
SKILLS = f"employees/{JOE}/skills"


@dataclass(frozen=True)
class Shown:
    """One moment's answers, in bytes: (employee, viewer) to what they were."""

    at: datetime
    answers: dict[tuple[str, str], bytes]


def shown(api: ApiClient) -> Shown:
    answers = {
        (person, viewer): api.get(f"employees/{person}/skills", who=viewer, view="all").raw
        for person in (JOE, SARAH)
        for viewer in (ADMINISTRATION, DANA, CRO)
    }
    return Shown(api.clock.now(), answers)


def history(api: ApiClient) -> Iterator[Callable[[], object]]:
    """Yields what happens, one thing after the other: corrections, voids, decisions, rules, parameters, deals."""
    yield lambda: api.record(role_play(1), role_play(2), role_play(3, score=91), lesson(1))
    yield lambda: api.record(
        call_seen(1), call_seen(2, score=55, context=ENTERPRISE), call_seen(3, employee=SARAH, days_ago=3)
    )
    yield lambda: api.record(call_analysed(9), call_analysed(8, employee=SARAH))  # closed to those above for 48 hours
    yield lambda: api.put("settings/reviews", {"employee_first_hours": 5}, who=ADA)
    again = call_seen(1, score=91) | {"observation_id": "again", "context": {"industry": "fintech"}}
    yield lambda: api.record(again)
    yield lambda: void(api, f"evt-{JOE}-3", "voice-roleplay", WHY)
    rules = [{"min_field_observations": 2, "min_field_score": 70}]
    yield lambda: api.put("skills/discovery", {"rules": rules}, who=ADA)
    yield lambda: publish(api, {"discovery": Noise(sigma=7.5, mean=70.0, observations=60)})
    yield lambda: publish(api, {}, untrusted=True)
    yield lambda: void(api, f"obs-{JOE}-9", "gong", WHY)
    yield lambda: api.record(decided(call_analysed(8, employee=SARAH)))
    yield lambda: api.put(f"calls/gong-call-{JOE}-2/deal", {"deal_id": "006B", "account_name": "Bluefin"}, who=ADA)
    body = {"name": "Sarah Johnson", "framework_id": "other", "role": "employee", "manager": DANA}
    api.put("frameworks/other", other_framework(api), who=ADA)
    yield lambda: api.put(f"employees/{SARAH}", body, who=ADA)
    yield lambda: void(api, "again", "gong", WHY)


def publish(api: ApiClient, learnt: dict[str, Noise], *, untrusted: bool = False) -> None:
    settings = SettingsRecords(api.parts.documents)
    out = (Untrusted("claude:m:rubric-1:prompt-1", 2, "listening"),) if untrusted else ()
    known = settings.parameters() or Parameters(scorers={"gong": Lean(4.0, 1.0, 40)})
    given = replace(known, competencies=known.competencies | learnt, untrusted=out)
    at = Publication("nobody", api.clock.now())
    api.parts.documents.transact(lambda transaction: settings.publish_parameters(transaction, given, at))


def decided(call: dict[str, object]) -> dict[str, object]:
    metadata = {"model_used": "claude:m:rubric-1:prompt-1", "human_reviewed": True, "review_version": 1}
    return call | {"observation_id": "decided", "analysis_metadata": metadata}


def other_framework(api: ApiClient) -> dict[str, object]:
    framework = api.get("frameworks/sales_engineering").json["framework"]
    named = {name: value for name, value in framework.items() if name != "version"}
    return named | {"framework_id": "other", "name": "Other"}


def test_each_moment_of_a_history_is_answered_as_it_was_byte_for_byte(api: ApiClient) -> None:
    record = call_record(
        "gong", f"call-{JOE}-2", NOW - timedelta(days=1), participants=[took_part(JOE)], state="observed"
    )
    api.platform.call_records.create(record)
    moments = []
    for act in history(api):
        answer = act()
        assert getattr(answer, "status", 200) in (200, 201, 202), answer
        api.deliver()
        api.clock.move(seconds=45)  # so that every function reads what has been published
        api.platform.configuration.forget()
        moments.append(shown(api))
        api.clock.move(hours=7)
    api.clock.move(days=3)

    different = [
        (number, person, viewer)
        for number, moment in enumerate(moments)
        for (person, viewer), answer in moment.answers.items()
        if api.get(f"employees/{person}/skills", who=viewer, view="all", known_at=moment.at.isoformat()).raw != answer
    ]

    assert different == []
    same = [number for number in range(1, len(moments)) if moments[number].answers == moments[number - 1].answers]
    assert same == []
    assert any(b'"scores_open_at":null' not in moment.answers[JOE, DANA] for moment in moments), "nothing was closed"


def test_with_as_of_it_is_what_was_known_of_that_day(api: ApiClient) -> None:
    api.record(role_play(1, days_ago=5), role_play(2, days_ago=5))
    api.clock.move(days=2)
    earlier = api.get(SKILLS, as_of="2026-02-09").raw
    moment = api.clock.now().isoformat()
    api.clock.move(days=1)
    api.record(role_play(3, days_ago=4, score=20))

    assert api.get(SKILLS, as_of="2026-02-09").raw != earlier
    assert api.get(SKILLS, as_of="2026-02-09", known_at=moment).raw == earlier
    late = api.get(SKILLS, as_of="2026-02-15", known_at="2026-02-14")
    assert (late.status, late.fields) == (422, ["as_of"])


def test_a_day_means_its_end_and_today_the_present(api: ApiClient) -> None:
    api.record(role_play(1))
    first = api.get(SKILLS).raw
    assert api.get(SKILLS, known_at="2026-02-12").raw == first
    api.clock.move(days=1)
    assert api.get(SKILLS, known_at="2026-02-12").raw == first


def test_a_moment_that_cannot_be_asked_about_is_refused_with_when_it_can(api: ApiClient) -> None:
    for wrong, said in (
        ("2026-02-11T00:00:00Z", "before 2026-02-12T12:00:00+00:00"),
        ("2026-02-13T00:00:00Z", "in the future"),
        ("2026-02-12T12:00:00", "time zone"),
        ("yesterday", "yesterday"),
        ("9999-12-31", "9999"),
    ):
        answer = api.get(SKILLS, known_at=wrong)
        assert (answer.status, answer.fields) == (422, ["known_at"])
        assert said in str(answer.json)
    api.parts.documents.commit([Delete(PATH)])
    assert "coming night" in str(api.get(SKILLS, known_at="2026-02-12").json)
    api.platform.recalculate.start(started_by="schedule", nightly=True)
    assert api.get(SKILLS, known_at="2026-02-12").status == 200
