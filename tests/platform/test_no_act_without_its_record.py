"""The process dies anywhere in an act: what it did has its record, and settings or a contest that failed have none."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import pytest

from shared.kernel.access import Caller
from shared.kernel.ids import review_id_of
from shared.platform.domain.audit_actions import AuditAction
from shared.ports.documents import Put, Query
from shared.ratings.contract import RecalculationBody
from shared.reviews.contract import Contest, ReviewSettingsBody
from tests.harness.crash_harness import ADMINISTRATOR, CrashHarness, Died, Fuse, Process, new_crash_harness
from tests.harness.sent_events import call
from tests.ratings.builders import GENERAL_DISCOVERY, framework

JOE = "joe@example.com"
FRAMEWORK = replace(
    framework(GENERAL_DISCOVERY, competencies=("discovery", "listening")), framework_id="sales_engineering"
)
EMPLOYEE = Caller(email=JOE, role="employee", employee_id=JOE)


@dataclass(frozen=True)
class Act:
    """together: a record without the act is as wrong as the act without a record"""

    action: AuditAction
    do: Callable[[Process], object]
    done: Callable[[CrashHarness], bool]
    together: bool = True


ACTS = (
    Act(
        AuditAction.SETTINGS_CHANGED,
        lambda process: process.settings.set_reviews(ReviewSettingsBody(contest_days=7), ADMINISTRATOR),
        lambda world: world.process().configuration.reviews(fresh=True).contest_days == 7,
    ),
    Act(
        AuditAction.SCORE_CONTESTED,
        lambda process: process.reviews.contest.contest(
            EMPLOYEE, review_id_of("gong", "c1", JOE), Contest(reason="Not what I said")
        ),
        lambda world: any("contest" in one.data and one.data["contest"] for one in world.store.query(Query("reviews"))),
    ),
    Act(
        AuditAction.RECALCULATION_STARTED,
        lambda process: process.request_recalculation.start(ADMINISTRATOR, RecalculationBody()),
        lambda world: bool(world.store.query(Query("recalculation_runs")) or world.tasks),
        together=False,
    ),
)


def world_of(folder: Path) -> CrashHarness:
    world = new_crash_harness(folder, FRAMEWORK, [JOE])
    world.store.commit([Put("settings/reviews", {"sample_share": 0.0})])
    world.process().record(call("c1", analysis=1000, scores={"discovery": 80, "listening": 70}))
    return world


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.action.value)
def test_an_act_that_dies_anywhere_is_done_on_record_or_not_done(tmp_path: Path, act: Act) -> None:
    seen = set()
    for point in count():
        world, fuse = world_of(tmp_path), Fuse(point)
        with contextlib.suppress(Died):
            act.do(world.process(fuse))
        done, recorded = act.done(world), bool(world.process().audited.page(action=act.action).items)
        world.store.close()
        assert recorded or not done, point
        assert done or not recorded or not act.together, point
        seen.add(done)
        if not fuse.blown:
            break
    assert seen == {True, False}
