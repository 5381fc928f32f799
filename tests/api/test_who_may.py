"""Who may call what: every route against every kind of caller, and the relations between people.

EXPECTED stands apart from shared/kernel/access.py on purpose: it says in plain words what was decided. A route without
a line here fails.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from functions.skills_api.routes import ROUTES
from infra.local.identity import LocalIssuer, audience_of, service_account
from shared.kernel.access import ROLES, SCOPES
from shared.platform.edges.routes import Route
from shared.ports.documents import Query, Where
from tests.harness.api_client import (
    ADA,
    CRO,
    DANA,
    ENID,
    JOE,
    MO,
    PRIYA,
    SARAH,
    VIC,
    ApiClient,
    SetClock,
    call_analysed,
    role_play,
)
from tests.harness.issuers import published

EMPLOYER, ELI = "employer@partner.example", "eli@augmentcode.com"
PEOPLE_BY_ROLE = {
    "employee": JOE,
    "manager": DANA,
    "senior_manager": VIC,
    "enablement": ENID,
    "cro": CRO,
    "mentor": MO,
    "employer": EMPLOYER,
    "administrator": ADA,
}
SERVICES_BY_SCOPE = {scope: service_account(f"only-{scope.replace('.', '-')}") for scope in SCOPES}

ANYONE = frozenset({*PEOPLE_BY_ROLE, *SERVICES_BY_SCOPE})
ADMINISTRATION = frozenset({"administrator", "administration"})
RECORDING = ADMINISTRATION | {"events.write"}
# About Joe, who is the employee himself, Dana's report and Mo's learner: Vic is his manager's manager.
OF_JOE = ADMINISTRATION | {"employee", "manager", "mentor", "enablement", "cro", "profiles.read"}
HISTORY = OF_JOE - {"profiles.read"}
LISTING = ADMINISTRATION | {"manager", "senior_manager", "enablement", "cro", "mentor"}
AGGREGATES = LISTING - {"mentor"}
COPYING = ADMINISTRATION | {"cro", "profiles.read"}
DESIGNING = ADMINISTRATION | {"enablement"}
LEARNING = frozenset(PEOPLE_BY_ROLE) - {"employer"}
PUBLIC = ANYONE | {"nobody"}
CONTESTING = frozenset(PEOPLE_BY_ROLE) - {"employer"}
CERTIFYING = ADMINISTRATION | {"enablement", "cro"}
SUBSCRIBING = ADMINISTRATION | {"profiles.read"}
DECIDING = frozenset({"manager", "senior_manager", "enablement", "administrator"})

RULING = ADMINISTRATION | {"enablement"}
SELLING = ADMINISTRATION | {"deals.write"}
KEYED: frozenset[str] = frozenset()
"""Nobody by who they are: whoever has the token of the address."""

LEARNERS = ADMINISTRATION | {"manager", "senior_manager", "enablement", "mentor", "employer"}

EXPECTED: dict[str, frozenset[str]] = {
    "list_learners": LEARNERS,
    "invite_learner": RULING,
    "list_at_risk": LEARNERS,
    "get_milestones": LEARNERS,
    "get_enrolment": LEARNERS,
    "give_consent": CONTESTING,
    "get_coach_agreement": frozenset({"employee", "enablement", "administrator"}),
    "give_coach_agreement": CONTESTING,
    "note_break": RULING,
    "list_authorisations": LEARNERS,
    "give_authorisation": frozenset({"mentor", "administrator"}),
    "list_authorised": LEARNERS,
    "list_ending_authorisations": LEARNERS,
    "revoke_authorisation": frozenset({"mentor", "administrator"}),
    "assign_deal": SELLING,
    "take_record_changes": KEYED,
    "record_deal_outcome": SELLING,
    "get_skill_snapshot": OF_JOE | {"senior_manager"},
    "list_assignments": OF_JOE,
    "complete_activity": CONTESTING,
    "list_assignable_content": DECIDING,
    "give_assignments": DECIDING,
    "withdraw_assignment": DECIDING,
    "get_assignment_rules": RULING,
    "put_assignment_rules": RULING,
    "record_validation_event": RECORDING,
    "record_field_observation": RECORDING,
    "record_learning_activity": RECORDING,
    "list_validation_events": HISTORY,
    "list_field_observations": HISTORY,
    "list_learning_activities": HISTORY,
    "get_event": HISTORY | {"senior_manager"},
    "void_event": RECORDING,
    "get_profile": OF_JOE,
    "export_profiles": COPYING,
    "list_changes": COPYING,
    "list_employees": LISTING,
    "import_employees": ADMINISTRATION,
    "list_job_titles": ADMINISTRATION,
    "import_certifications": ADMINISTRATION,
    "get_employee": OF_JOE,
    "put_employee": ADMINISTRATION,
    "list_skills": ANYONE,
    "create_skill": DESIGNING,
    "recalculate": ADMINISTRATION,
    "get_skill": ANYONE,
    "update_skill": DESIGNING,
    "preview_skill": DESIGNING,
    "list_skill_versions": ANYONE,
    "get_recalculation": ADMINISTRATION,
    "list_frameworks": ANYONE,
    "list_standards": ANYONE,
    "get_standard": ANYONE,
    "import_standards": DESIGNING,
    "draft_framework": DESIGNING,
    "list_assessment_plans": ANYONE,
    "get_assessment_plan": ANYONE,
    "import_assessment_plans": DESIGNING,
    "get_framework": ANYONE,
    "list_unknown_values": ADMINISTRATION,
    "put_framework": ADMINISTRATION,
    "put_dimension": DESIGNING,
    "get_readiness": AGGREGATES,
    "take_email_thread": RECORDING,
    "list_calls": HISTORY | {"senior_manager"},
    "get_call": HISTORY | {"senior_manager"},
    "reanalyse_call": DESIGNING | {"manager"},
    "list_speakers": ADMINISTRATION,
    "move_call": ADMINISTRATION,
    "link_call": DESIGNING | {"manager"},
    "reanalyse_calls": DESIGNING,
    "get_reanalysis": DESIGNING,
    "get_transcript": CONTESTING,
    "get_transcript_samples": frozenset({"enablement", "administrator"}),
    "list_transcript_grants": CONTESTING,
    "grant_transcripts": frozenset({"administrator"}),
    "revoke_transcript_grant": frozenset({"administrator"}),
    "list_escalations": CONTESTING,
    "escalate_call": frozenset({"manager", "administrator"}),
    "revoke_escalation": frozenset({"manager", "administrator"}),
    "list_notifications": frozenset({"employee"}),
    "read_notification": frozenset({"employee"}),
    "get_notification_settings": frozenset({"employee"}),
    "put_notification_settings": frozenset({"employee"}),
    "list_notification_deliveries": frozenset({"employee", "administrator"}),
    "erase_employee": ADMINISTRATION,
    "rename_employee": ADMINISTRATION,
    "merge_employees": ADMINISTRATION,
    "get_move": ADMINISTRATION,
    "list_former_ids": ADMINISTRATION,
    "release_former_id": ADMINISTRATION,
    "list_erasures": ADMINISTRATION,
    "get_erasure": ADMINISTRATION,
    "get_hold_out": ADMINISTRATION,
    "get_team": frozenset({"manager", "senior_manager"}),
    "get_team_deals": frozenset({"manager", "senior_manager"}),
    "get_pipeline": frozenset({"manager", "senior_manager", "cro"}) | ADMINISTRATION,
    "put_hold_out": ADMINISTRATION,
    "list_trial_deals": ADMINISTRATION,
    "search_audit": ADMINISTRATION,
    "list_held_scores": ADMINISTRATION,
    "decide_held_score": ADMINISTRATION,
    "list_reviews": CONTESTING | {"administration"},
    "get_review": CONTESTING | {"administration"},
    "give_own_scores": DECIDING,
    "decide_review": DECIDING,
    "contest_review": CONTESTING,
    "get_review_settings": CONTESTING | {"administration"},
    "put_review_settings": ADMINISTRATION,
    "list_certificates": CERTIFYING,
    "get_certificate_history": CERTIFYING,
    "list_quarantine": ADMINISTRATION,
    "get_quarantined": ADMINISTRATION,
    "replay_quarantined": ADMINISTRATION,
    "discard_quarantined": ADMINISTRATION,
    "list_dead_letters": ADMINISTRATION,
    "get_dead_letter": ADMINISTRATION,
    "replay_dead_letter": ADMINISTRATION,
    "replay_dead_letters": ADMINISTRATION,
    "discard_dead_letter": ADMINISTRATION,
    "get_health": ADMINISTRATION,
    "get_calibration": ADMINISTRATION,
    "list_webhook_subscriptions": SUBSCRIBING,
    "create_webhook_subscription": SUBSCRIBING,
    "get_webhook_subscription": SUBSCRIBING,
    "put_webhook_subscription": SUBSCRIBING,
    "delete_webhook_subscription": SUBSCRIBING,
    "rotate_webhook_secret": SUBSCRIBING,
    "list_webhook_deliveries": SUBSCRIBING,
    "replay_webhook_delivery": SUBSCRIBING,
    "replay_webhook_deliveries": SUBSCRIBING,
    "test_webhook_subscription": SUBSCRIBING,
    "post_evidence": CONTESTING,
    "post_observation": frozenset({"mentor"}),
    "post_verification": frozenset({"employer"}),
    "list_evidence": frozenset({"employee", "mentor", "administrator"}),
    "get_evidence_content": frozenset(PEOPLE_BY_ROLE),
    "delete_evidence": frozenset(PEOPLE_BY_ROLE),
    "open_feed": LEARNING,
    "answer_questions": LEARNING,
    "tell_phone_items": LEARNING,
    "get_own_mastery": LEARNING,
    "get_mastery": LEARNERS,
    "list_evidence_behind": LEARNERS,
    "list_lessons": ANYONE,
    "get_lesson": ANYONE,
    "get_clip": ANYONE,
    "publish_lessons": DESIGNING,
    "withdraw_lesson": DESIGNING,
    "keep_clip": DESIGNING,
    "get_openapi": PUBLIC,
    "get_documentation": PUBLIC,
}
IN_PATHS = {
    "employee_id": JOE,
    "skill_id": "discovery",
    "framework_id": "sales_engineering",
    "dimension": "industry",
    "competency": "discovery",
}

IN_QUERIES = {
    "get_transcript_samples": {"competency": "discovery", "band": "high"},
    "post_evidence": {"key": "none", "kind": "note", "bytes": "2"},
    "list_evidence": {"employee_id": JOE},
}
OF_NOBODY = frozenset({"get_enrolment", "get_mastery", "list_authorisations", "list_evidence_behind"})
"""Routes of learners that are asked for somebody who is none: Joe is not enrolled."""


@dataclass(frozen=True)
class Visitor:
    """A kind of caller. refused: what a protected route answers, when it is not a question of permission."""

    name: str
    authorization: str | None
    refused: int | None = None


@pytest.fixture(scope="module")
def visitors(seen: ApiClient, tmp_path_factory: pytest.TempPathFactory) -> list[Visitor]:
    services = {email: frozenset({scope}) for scope, email in SERVICES_BY_SCOPE.items()}
    seen.platform.people.callers._services = {**seen.platform.people.callers._services, **services}
    assert seen.put("employees/gone@augmentcode.com", {"name": "Gone", "active": False}).status == 200
    past = SetClock(seen.clock.now() - timedelta(hours=2))
    expired, _ = LocalIssuer(seen.parts.directory / "secrets", past).token(ADA, audience_of("api"))
    foreign, _ = LocalIssuer(tmp_path_factory.mktemp("foreign"), seen.clock).token(ADA, audience_of("api"))
    bearer = "Bearer {}".format
    return [
        *(Visitor(role, bearer(seen.token(email))) for role, email in PEOPLE_BY_ROLE.items()),
        *(Visitor(scope, bearer(seen.token(email))) for scope, email in SERVICES_BY_SCOPE.items()),
        Visitor("no token", None, 401),
        Visitor("another scheme", "Basic YWRhOmFkYQ==", 401),
        Visitor("no JWT", bearer("eyJhbGciOi"), 401),
        Visitor("wrong audience", bearer(seen.token(ADA, "portal")), 401),
        Visitor("expired", bearer(expired), 401),
        Visitor("foreign issuer", bearer(foreign), 401),
        Visitor("unverified address", bearer(seen.token(ADA, email_verified=False)), 401),
        Visitor("service account not on the allow-list", bearer(seen.token(service_account("stranger"))), 403),
        Visitor("a stranger", bearer(seen.token("stranger@augmentcode.com")), 403),
        Visitor("inactive person", bearer(seen.token("gone@augmentcode.com")), 403),
    ]


def test_every_route_role_and_scope_is_decided() -> None:
    assert EXPECTED.keys() == {route.operation for route in ROUTES}
    assert set(PEOPLE_BY_ROLE) == set(ROLES)
    assert set(SERVICES_BY_SCOPE) == set(SCOPES)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.operation)
def test_a_route_serves_those_and_only_those(seen: ApiClient, visitors: list[Visitor], route: Route) -> None:
    path = route.path
    for name in [part[1:-1] for part in path.split("/") if part.startswith("<")]:
        path = path.replace(f"<{name}>", "none" if route.operation in OF_NOBODY else IN_PATHS.get(name, "none"))
    # Bodies that nobody can be served for: who may is decided before what is sent.
    raw = b"{" if route.method in {"POST", "PUT"} and not route.takes_no_body else None
    for visitor in visitors:
        headers = {} if visitor.authorization is None else {"Authorization": visitor.authorization}
        answer = seen.call(
            route.method, path, raw=raw, who=None, headers=headers, **IN_QUERIES.get(route.operation, {})
        )
        if EXPECTED[route.operation] == PUBLIC:
            wanted = answer.status == 200
        elif route.keyed:
            wanted = answer.status == 401
        elif visitor.refused is not None:
            wanted = answer.status == visitor.refused
        elif visitor.name in EXPECTED[route.operation]:
            wanted = answer.status in ({200} if route.method == "GET" and "none" not in path else {400, 404, 409, 415})
        else:
            wanted = answer.status == 403
        assert wanted, f"{visitor.name}: {answer}"
        if answer.status == 401:
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("function", ["ingest", "skills_api"])
def test_each_function_accepts_tokens_for_itself_and_for_the_api_only(seen: ApiClient, function: str) -> None:
    path, raw = ("validation-events", b"{") if function == "ingest" else ("skills", None)
    method = "POST" if raw else "GET"
    other = "skills_api" if function == "ingest" else "ingest"
    for audience, refused in ((function, False), ("api", False), (other, True)):
        headers = {"Authorization": f"Bearer {seen.token(ADA, audience)}"}
        assert (seen.call(method, path, raw=raw, who=None, headers=headers).status == 401) is refused


PROFILES: dict[str, set[str]] = {
    JOE: {JOE},
    SARAH: {SARAH},
    DANA: {DANA, JOE, SARAH},
    ELI: {ELI, PRIYA},
    VIC: {VIC, DANA, ELI},
    MO: {MO, JOE},
    EMPLOYER: set(),
    ENID: {JOE, SARAH, PRIYA, DANA, ELI, VIC, ENID, CRO, MO, EMPLOYER, ADA},
    CRO: {JOE, SARAH, PRIYA, DANA, ELI, VIC, ENID, CRO, MO, EMPLOYER, ADA},
    ADA: {JOE, SARAH, PRIYA, DANA, ELI, VIC, ENID, CRO, MO, EMPLOYER, ADA},
}
LISTS: dict[str, set[str]] = {
    DANA: {JOE, SARAH},
    ELI: {PRIYA},
    VIC: {DANA, ELI, JOE, SARAH, PRIYA},
    MO: {JOE},
    ENID: PROFILES[ENID],
    CRO: PROFILES[CRO],
    ADA: PROFILES[ADA],
}


class TestRelations:
    @pytest.mark.parametrize("who", PROFILES)
    @pytest.mark.parametrize("path", ["employees/{}/skills", "employees/{}", "field-observations/{}"])
    def test_whose_data_a_person_sees(self, seen: ApiClient, visitors: list[Visitor], who: str, path: str) -> None:
        statuses = {subject: seen.get(path.format(subject), who=who).status for subject in PROFILES[ADA]}
        assert statuses == {subject: 200 if subject in PROFILES[who] else 403 for subject in PROFILES[ADA]}

    @pytest.mark.parametrize("who", LISTS)
    def test_whom_a_person_finds_in_the_list(self, seen: ApiClient, visitors: list[Visitor], who: str) -> None:
        listed = {item["employee_id"] for item in seen.get("employees", who=who).json["employees"]}
        assert listed == LISTS[who]

    def test_whose_reviews_a_person_finds_and_opens(self, seen: ApiClient, visitors: list[Visitor]) -> None:
        """At once: the own ones, and everyone's for whoever reviews; two days later as for profiles."""
        people = sorted(PROFILES[ADA] - {EMPLOYER})
        seen.record(*[call_analysed(1, employee=employee) for employee in people])
        seen.deliver()
        reviewers = {ENID, ADA}

        def opened(who: str) -> tuple[set[str], set[str]]:
            listed = {item["employee_id"] for item in seen.get("reviews", who=who).json["items"]}
            every = seen.get("reviews", who=ADA).json["items"]
            got = {i["employee_id"] for i in every if seen.get(f"reviews/{i['review_id']}", who=who).status == 200}
            return listed, got

        for who in people:
            wanted = set(people) if who in reviewers else {who}
            assert opened(who) == (wanted, wanted), who
        seen.clock.move(hours=48)
        for who in people:
            wanted = PROFILES[who] - {EMPLOYER} if who in PROFILES else {who}
            assert opened(who) == (wanted, wanted), who
        assert seen.get("reviews", who=EMPLOYER).status == 403

    def test_a_managers_list_can_be_narrowed_but_not_widened(self, seen: ApiClient) -> None:
        def found(who: str, **query: str) -> set[str]:
            return {item["employee_id"] for item in seen.get("employees", who=who, **query).json["employees"]}

        assert found(VIC, manager=DANA) == {JOE, SARAH}
        assert found(VIC, manager=DANA.upper()) == {JOE, SARAH}
        assert found(DANA, manager=ELI) == set()
        assert found(ADA, active="false") == {"gone@augmentcode.com"}
        assert len(found(ADA, active="all")) == 12

    def test_readiness_is_about_the_people_in_sight_and_small_groups_are_suppressed(self, seen: ApiClient) -> None:
        own_team = seen.get("readiness", who=DANA).json
        assert (own_team["people"], own_team["suppressed"]) == (2, False)
        organisation = seen.get("readiness", who=VIC).json
        assert (organisation["suppressed"], organisation["ready"], organisation["coverage"]) == (True, None, [])
        assert organisation["heat_map"] == []

    def test_the_id_in_a_path_is_read_in_lower_case(self, seen: ApiClient) -> None:
        assert seen.get(f"employees/{JOE.upper()}/skills", who=JOE).json["employee_id"] == JOE

    @pytest.mark.parametrize(("who", "audited"), [(DANA, True), (MO, True), (JOE, False), (ENID, True), (CRO, True)])
    def test_views_of_an_individual_by_others_leave_an_audit_record_in_an_hour(
        self, seen: ApiClient, who: str, audited: bool
    ) -> None:
        def records() -> list[dict[str, str]]:
            items: list[dict[str, str]] = seen.get("audit", actor=who, subject=JOE, action="profile.viewed").json[
                "items"
            ]
            return items

        seen.clock.move(hours=1)
        before = len(records())
        seen.clock.move(seconds=1)
        for path in (f"employees/{JOE}/skills", f"validation-events/{JOE}", f"employees/{JOE}"):
            assert seen.get(path, who=who).status == 200
        assert len(records()) - before == (1 if audited else 0)
        if audited:
            assert records()[0]["detail"] == "profile"
            assert records()[0]["actor_role"] == seen.get(f"employees/{who}").json["role"]

    def test_a_refused_view_leaves_no_record_of_a_view(self, seen: ApiClient) -> None:
        assert seen.get(f"employees/{JOE}/skills", who=VIC).status == 403
        assert seen.get("audit", actor=VIC, subject=JOE).json["items"] == []

    def test_a_person_who_leaves_is_shut_out_at_once(self, seen: ApiClient) -> None:
        seen.put("employees/brief@augmentcode.com", {"name": "Brief"})
        token = {"Authorization": f"Bearer {seen.token('brief@augmentcode.com')}"}
        assert seen.get("skills", who=None, headers=token).status == 200
        seen.put("employees/brief@augmentcode.com", {"name": "Brief", "active": False})
        assert seen.get("skills", who=None, headers=token).status == 403

    @pytest.mark.usefixtures("visitors")
    def test_who_recorded_an_event_is_kept(self, seen: ApiClient) -> None:
        event = seen.post("validation-events", role_play(1), who=SERVICES_BY_SCOPE["events.write"])
        assert event.status == 201
        of_joe = [Where("employee_id", "==", JOE), Where("kind", "==", "validation")]
        found = seen.parts.documents.query(Query("events", where=of_joe))
        assert [document.data["recorded_by"] for document in found] == [SERVICES_BY_SCOPE["events.write"]]


def test_what_an_issuer_signs_is_not_enough_without_its_key(tmp_path: Path) -> None:
    """Two issuers of one name have different keys: what the table calls foreign is only that."""
    clock = SetClock()
    one, two = LocalIssuer(tmp_path / "one", clock), LocalIssuer(tmp_path / "two", clock)
    assert published(one) != published(two)
