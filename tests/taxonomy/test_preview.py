"""What a change of rules would do, before anybody publishes it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from infra.wiring.taxonomy import taxonomy
from shared.frameworks.contract import RuleBody
from shared.kernel.errors import NotFound
from shared.taxonomy.contract import SkillChange
from shared.taxonomy.usecases.preview_change import Preview
from tests.harness.crash_harness import ADMINISTRATOR, CrashHarness
from tests.harness.sent_events import call, role_play
from tests.taxonomy.conftest import FRAMEWORK, JOE, MIA

ID = FRAMEWORK.framework_id
ONLY_CALLS = SkillChange(rules=[RuleBody(min_field_observations=2, min_field_score=70)])


@pytest.fixture(autouse=True)
def observed(world: CrashHarness) -> None:
    """Joe is validated by practice and Mia has two good calls."""
    process = world.process()
    process.record(*[role_play(f"p{n}", score=85) for n in range(3)])
    process.record(*[call(f"c{n}", employee=MIA, scores={"discovery": 75}) for n in range(2)])


def previewed(world: CrashHarness, change: SkillChange = ONLY_CALLS, *, limit: int = 200) -> Sequence[Preview]:
    """All pages."""
    preview, pages, after = taxonomy(world.process().on).preview, list[Preview](), None
    while True:
        pages.append(preview.preview(ADMINISTRATOR, ID, "discovery", change, limit=limit, after=after))
        after = pages[-1].next
        if after is None:
            return pages


def test_who_gains_and_who_loses_is_named_with_what_it_stands_on(world: CrashHarness) -> None:
    (page,) = previewed(world)

    general = {one.employee_id: (one.status_now, one.status_then, one.why) for one in page.changes if not one.context}
    assert general == {
        JOE: ("validated", "in_progress", "0 field observations in 90 days"),
        MIA: ("in_progress", "validated", "2 field observations averaging 75 in 90 days"),
    }
    assert (page.people, page.gaining, page.losing) == (2, 1, 1)


def test_nothing_is_published_and_publishing_does_what_was_said(world: CrashHarness) -> None:
    (page,) = previewed(world)
    assert world.process().skills.framework(ADMINISTRATOR, ID).version == 1
    assert world.tasks == []

    world.process().change_skills.change(ID, "discovery", ONLY_CALLS, ADMINISTRATOR)
    world.deliver()

    shown = {(who, json): skill["status"] for (who, skill_id, json), skill in world.picture().items()}
    assert {one.employee_id: one.status_then for one in page.changes if not one.context} == {
        who: shown[who, "{}"] for who in (JOE, MIA)
    }


def test_pages_add_up_to_the_whole(world: CrashHarness) -> None:
    (whole,) = previewed(world)
    pages = previewed(world, limit=1)

    assert [page.people for page in pages] == [1, 1]
    assert tuple(change for page in pages for change in page.changes) == whole.changes


def test_no_change_changes_nobody(world: CrashHarness) -> None:
    (page,) = previewed(world, SkillChange())

    assert (page.people, page.changes, page.gaining, page.losing) == (2, (), 0, 0)


def test_a_skill_that_there_is_not_has_no_preview(world: CrashHarness) -> None:
    with pytest.raises(NotFound):
        taxonomy(world.process().on).preview.preview(ADMINISTRATOR, ID, "cooking", ONLY_CALLS)
