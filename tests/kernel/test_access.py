"""Who may see and do what: the table of the decisions, role by role."""

from __future__ import annotations

import pytest

from shared.kernel.access import (
    LIST_SIGHT,
    PERMISSIONS,
    ROLES,
    SCOPES,
    Caller,
    Role,
    Scope,
    is_own,
    may_open_profile,
    own_calls_first,
    require,
)
from shared.kernel.errors import Forbidden

JOE, HIS_MANAGER, HIS_MENTOR, ELSE = "joe", "maria", "paul", "zoe"


def person(role: Role, employee_id: str | None = ELSE) -> Caller:
    return Caller(email=f"{employee_id}@example.com", role=role, employee_id=employee_id)


def service(*scopes: Scope) -> Caller:
    return Caller(email="robot@project.iam", scopes=frozenset(scopes))


def opens(caller: Caller) -> bool:
    return may_open_profile(caller, JOE, HIS_MANAGER, HIS_MENTOR)


@pytest.mark.parametrize(
    ("role", "own", "of_report", "of_learner", "of_anyone"),
    [
        ("employee", True, False, False, False),
        ("manager", True, True, False, False),
        ("senior_manager", True, True, False, False),
        ("enablement", True, True, True, True),
        ("cro", True, True, True, True),
        ("mentor", True, False, True, False),
        ("employer", False, False, False, False),
        ("administrator", True, True, True, True),
    ],
)
def test_whose_profile_a_role_opens(role: Role, own: bool, of_report: bool, of_learner: bool, of_anyone: bool) -> None:
    assert opens(person(role, JOE)) == own
    assert opens(person(role, HIS_MANAGER)) == of_report
    assert opens(person(role, HIS_MENTOR)) == of_learner
    assert opens(person(role)) == of_anyone


def test_nobody_manages_or_mentors_by_both_being_unknown() -> None:
    for role in ROLES:
        nameless = person(role, None)
        assert may_open_profile(nameless, JOE, None, None) == (role in {"enablement", "cro", "administrator"})


@pytest.mark.parametrize("role", ROLES)
def test_whose_views_of_others_are_audited(role: Role) -> None:
    assert not is_own(person(role), JOE)
    assert is_own(person(role, JOE), JOE)


def test_views_of_machines_are_audited() -> None:
    assert not is_own(service("profiles.read"), JOE)


def test_whose_own_calls_come_first() -> None:
    assert [role for role in ROLES if own_calls_first(person(role))] == ["employee", "mentor"]
    assert not own_calls_first(service("administration"))


def test_who_lists_people_and_sees_no_aggregates_of_them() -> None:
    listing = [role for role in ROLES if "people.list" in PERMISSIONS[role]]
    assert [role for role in listing if "readiness.read" not in PERMISSIONS[role]] == ["mentor"]


def test_over_whom_lists_and_aggregates_run() -> None:
    assert LIST_SIGHT == {
        "employee": "self",
        "manager": "reports",
        "senior_manager": "organisation",
        "enablement": "everyone",
        "cro": "everyone",
        "mentor": "learners",
        "employer": "nobody",
        "administrator": "everyone",
    }


def test_only_administrators_write_about_people() -> None:
    for permission in ("events.write", "people.write", "recalculation.run", "audit.read", "operations.write"):
        assert [role for role in ROLES if permission in PERMISSIONS[role]] == ["administrator"]


def test_an_integration_posts_events_and_reads_no_profiles() -> None:
    integration = service("events.write")

    require(integration, "events.write")
    assert not opens(integration)
    with pytest.raises(Forbidden, match=r"this service account lacks the permission profile\.read; employee"):
        require(integration, "profile.read")


def test_a_reading_service_opens_profiles_and_changes_nothing() -> None:
    reader = service("profiles.read")

    assert opens(reader)
    assert reader.permissions == {"profile.read", "profiles.export", "skills.read", "webhooks.manage"}


def test_a_person_never_gains_by_a_scope() -> None:
    both = Caller(email="x@example.com", role="employee", scopes=frozenset(SCOPES), employee_id=ELSE)

    assert both.permissions == PERMISSIONS["employee"]
    assert not both.is_service


def test_nobody_by_default() -> None:
    assert service().permissions == frozenset()
    with pytest.raises(Forbidden):
        require(service(), "skills.read")


def test_a_refusal_says_who_may() -> None:
    with pytest.raises(Forbidden, match=r"the role mentor lacks the permission audit\.read; administrator, service"):
        require(person("mentor"), "audit.read")
