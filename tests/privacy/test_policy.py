"""Use cases about people and their privacy refuse by themselves, whatever edge asks them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from infra.wiring.ratings import ratings
from shared.kernel.access import PERMISSIONS, ROLES, Caller, Permission, Role
from shared.kernel.errors import Forbidden, NotFound
from shared.people.contract import EmployeeBody
from tests.harness.crash_harness import ADMINISTRATOR, CrashHarness, Process, new_crash_harness
from tests.ratings.builders import framework

JOE, NOBODY = "joe@example.com", "nobody@example.com"
ACTIONS: tuple[tuple[Permission, Callable[[Process, Caller], object]], ...] = (
    ("people.list", lambda on, who: on.people.in_sight.page(who)),
    ("people.list", lambda on, who: ratings(on.on).list_people.page(who)),
    ("people.write", lambda on, who: on.people.import_people.from_csv(who, b"name,email\n")),
    ("people.write", lambda on, who: on.people.change_employee.put(who, JOE, EmployeeBody(name="Joe"))),
    (
        "people.write",
        lambda on, who: on.import_certifications.from_csv(who, b"email,certification,competency,score,date\n"),
    ),
    ("grants.read", lambda on, who: on.privacy.grants.in_force(who)),
    ("grants.read", lambda on, who: on.privacy.escalations.in_force(who)),
    ("grants.write", lambda on, who: on.privacy.grants.give(who, NOBODY, JOE, purpose="none")),
    ("grants.write", lambda on, who: on.privacy.grants.end(who, "none")),
    ("escalations.write", lambda on, who: on.privacy.escalations.escalate(who, "none", JOE, reason="none")),
    ("escalations.write", lambda on, who: on.privacy.escalations.end(who, "none")),
    ("erasure.run", lambda on, who: on.privacy.start_erasure.start(who, NOBODY, NOBODY)),
    ("erasure.run", lambda on, who: on.privacy.erasures.latest(who)),
    ("erasure.run", lambda on, who: on.privacy.erasures.one(who, "none")),
)
"""What each needs; about nobody and nothing, where it would change something."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CrashHarness]:
    folder: Path = tmp_path_factory.mktemp("policy")
    made = new_crash_harness(folder, replace(framework(), framework_id="sales_engineering"))
    made.process().people.import_people.from_csv(ADMINISTRATOR, f"name,email\nJoe,{JOE}\n".encode())
    yield made
    made.store.close()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("permission", "act"), ACTIONS, ids=range(len(ACTIONS)))
def test_who_lacks_the_permission_is_refused(
    world: CrashHarness, permission: Permission, act: Callable[[Process, Caller], object], role: Role
) -> None:
    caller = Caller(JOE, role=role, employee_id=JOE, name="Joe", framework_id="sales_engineering")
    process = world.process()
    if permission in PERMISSIONS[role]:
        with suppress(NotFound):
            act(process, caller)
    else:
        with pytest.raises(Forbidden, match=permission.replace(".", r"\.")):
            act(process, caller)


def test_a_machine_answers_for_nothing_that_a_person_must(world: CrashHarness) -> None:
    machine = Caller("robot@demo.iam.gserviceaccount.com", scopes=frozenset({"administration"}))
    for permission, act in ACTIONS:
        if permission in {"grants.write", "escalations.write"}:
            with pytest.raises(Forbidden):
                act(world.process(), machine)
