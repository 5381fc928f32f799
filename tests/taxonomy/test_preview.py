"""What a change of rules would do, before anybody publishes it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from infra.wiring.taxonomy import taxonomy
from shared.frameworks.contract import RuleBody
from shared.kernel.access import Caller
from shared.kernel.context import Context
from shared.kernel.errors import NotFound, Rejected
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.records.audit import AuditRecords
from shared.taxonomy.contract import SkillChange, StatusChange
from shared.taxonomy.usecases import preview_change
from shared.taxonomy.usecases.preview_change import Preview, PreviewChange
from tests.harness.crash_harness import ADMINISTRATOR, CrashHarness
from tests.harness.sent_events import call, role_play
from tests.taxonomy.conftest import FRAMEWORK, JOE, MIA

ID = FRAMEWORK.framework_id
ONLY_CALLS = SkillChange(rules=[RuleBody(min_field_observations=2, min_field_score=70)])


ENABLEMENT = Caller(email="enid@example.com", role="enablement", employee_id="enid@example.com")


@pytest.fixture(autouse=True)
def observed(world: CrashHarness) -> None:
    """Joe is validated by practice and Mia has two good calls, which are open by now."""
    process = world.process()
    process.record(*[role_play(f"p{n}", score=85) for n in range(3)])
    process.record(*[call(f"c{n}", employee=MIA, scores={"discovery": 75}) for n in range(2)])
    world.clock.forward(hours=72)


def previewed(world: CrashHarness, change: SkillChange = ONLY_CALLS, *, limit: int = 200) -> Sequence[Preview]:
    """All pages."""
    preview, pages, after = taxonomy(world.process().on).preview, list[Preview](), None
    while True:
        pages.append(preview.preview(ADMINISTRATOR, ID, "discovery", change, limit=limit, after=after))
        after = pages[-1].next
        if after is None:
            return pages


def named(page: Preview) -> Sequence[StatusChange]:
    assert page.changes is not None
    return page.changes


def test_who_gains_and_who_loses_is_named_with_what_it_stands_on(world: CrashHarness) -> None:
    (page,) = previewed(world)

    general = {one.employee_id: (one.status_now, one.status_then, one.why) for one in named(page) if not one.context}
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
    assert {one.employee_id: one.status_then for one in named(page) if not one.context} == {
        who: shown[who, "{}"] for who in (JOE, MIA)
    }


def test_pages_add_up_to_the_whole(world: CrashHarness) -> None:
    (whole,) = previewed(world)
    pages = previewed(world, limit=1)

    assert [page.people for page in pages] == [1, 1]
    assert tuple(change for page in pages for change in named(page)) == whole.changes


def test_no_change_changes_nobody(world: CrashHarness) -> None:
    (page,) = previewed(world, SkillChange())

    assert (page.people, page.changes, page.gaining, page.losing) == (2, (), 0, 0)


def test_a_skill_that_there_is_not_has_no_preview(world: CrashHarness) -> None:
    with pytest.raises(NotFound):
        taxonomy(world.process().on).preview.preview(ADMINISTRATOR, ID, "cooking", ONLY_CALLS)


def colleagues(world: CrashHarness, count: int) -> list[str]:
    """Employees of whom nothing has been observed."""
    lines = "".join(f"C{number},c{number}@example.com,employee,\n" for number in range(count))
    world.process().people.import_people.from_csv(ADMINISTRATOR, f"name,email,role,manager\n{lines}".encode())
    return [f"c{number}@example.com" for number in range(count)]


def observe(world: CrashHarness, people: Sequence[str], industry: str | None = None) -> None:
    """One call of each, which is open by now."""
    calls = [call(f"of-{who}", employee=who, scores={"discovery": 60}, industry=industry) for who in people]
    world.process().record(*calls)
    world.clock.forward(hours=72)


def counts(found: Preview) -> tuple[int | None, int | None]:
    assert found.changes is None
    return found.gaining, found.losing


def test_whoever_designs_rules_gets_numbers_of_no_fewer_than_five_people(world: CrashHarness) -> None:
    preview = taxonomy(world.process().on).preview

    def asked() -> Preview:
        return preview.preview(ENABLEMENT, ID, "discovery", ONLY_CALLS, limit=1)

    few = asked()
    assert (few.people, counts(few)) == (2, (None, None))

    three = colleagues(world, 3)
    assert (asked().people, counts(asked())) == (5, (None, None)), "nobody but two has been observed"
    observe(world, three)
    assert (asked().people, counts(asked())) == (5, (1, 1))


PLACES = IN_HOSPITALS, IN_BANKS = (("industry", "healthcare"),), (("industry", "financial_services"),)


def test_where_few_have_been_observed_nothing_tells_of_one_of_them(world: CrashHarness) -> None:
    """Mia alone works with hospitals, and six with banks: neither what is asked of a context nor what is counted in
    the others says whether one good call would be enough for Mia."""
    observe(world, colleagues(world, 6), "financial_services")
    world.process().record(call("m1", employee=MIA, scores={"discovery": 95}, industry="healthcare"))
    world.clock.forward(hours=72)
    preview = taxonomy(world.process().on).preview

    def asked(caller: Caller, context: Context) -> Preview:
        rules = [RuleBody.model_validate({"min_field_score": 50, "context": dict(one)}) for one in ((), *PLACES)]
        return preview.preview(caller, ID, "discovery", SkillChange(rules=rules), context=context)

    told = asked(ADMINISTRATOR, IN_HOSPITALS)
    assert (told.gaining, [one.employee_id for one in named(told) if one.context == dict(IN_HOSPITALS)]) == (1, [MIA])
    hospitals, banks, everywhere = (asked(ENABLEMENT, one) for one in (IN_HOSPITALS, IN_BANKS, ()))
    assert (*counts(hospitals), hospitals.touched) == (None, None, None)
    assert (banks.gaining, banks.touched) == (6, 6)
    assert everywhere.touched is not None
    assert (banks.elsewhere, everywhere.elsewhere) == (everywhere.touched, 6), "of no context is Mia's the difference"
    assert hospitals.elsewhere == everywhere.touched + 6


def test_numbers_without_names_are_of_everybody_whatever_page_is_asked_for(
    world: CrashHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seven people in steps of three: the last has one, who neither hides the others nor can be singled out."""
    monkeypatch.setattr(preview_change, "PAGE", 3)
    observe(world, colleagues(world, 5))
    preview = taxonomy(world.process().on).preview

    for after in (None, "c4@example.com", JOE):
        found = preview.preview(ENABLEMENT, ID, "discovery", ONLY_CALLS, limit=2, after=after)
        assert (found.people, found.gaining, found.losing, found.next) == (7, 1, 1, None)


def test_a_preview_by_person_is_on_record_with_the_names(world: CrashHarness) -> None:
    previewed(world)
    previewed(world)  # within the hour once is enough

    found = AuditRecords(world.store).page(action=AuditAction.PREVIEW_READ).items
    assert [one.people for one in found] == [(JOE, MIA)]
    assert AuditRecords(world.store).page(subject=MIA).items[0].action == AuditAction.PREVIEW_READ


def test_calls_that_are_closed_count_in_no_preview(world: CrashHarness) -> None:
    """Mia's third call would let her gain, and nobody but Mia knows of it yet."""
    three = SkillChange(rules=[RuleBody(min_field_observations=3, min_field_score=70)])
    scored = call("c3", employee=MIA, analysis=1000, at=world.clock.now(), scores={"discovery": 65})
    world.process().record(scored)
    (closed,) = previewed(world, three)
    world.clock.forward(hours=49)
    (opened,) = previewed(world, three)

    assert (closed.gaining, opened.gaining) == (0, 1)


def test_more_people_than_one_answer_can_be_about_are_refused_before_anybody_is_rated(
    world: CrashHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    preview = taxonomy(world.process().on).preview
    monkeypatch.setattr(preview_change, "PAGE", 1)
    monkeypatch.setattr(preview_change, "MOST", 1)
    monkeypatch.setattr(PreviewChange, "_found", lambda *_: pytest.fail("somebody was rated"))
    with pytest.raises(Rejected, match="more than 1 people are rated by this framework"):
        preview.preview(ENABLEMENT, ID, "discovery", ONLY_CALLS)
    monkeypatch.undo()
    assert len(previewed(world, limit=1)) == 2, "by person a page at a time"


def test_counts_are_of_everybody_whatever_the_pages(world: CrashHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    preview = taxonomy(world.process().on).preview
    whole = preview.preview(ENABLEMENT, ID, "discovery", ONLY_CALLS)
    monkeypatch.setattr(preview_change, "PAGE", 1)
    assert preview.preview(ENABLEMENT, ID, "discovery", ONLY_CALLS) == whole
    assert whole.people == 2
