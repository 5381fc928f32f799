"""What is not done in time: the person is reminded, then their manager told, each once and before it is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from infra.wiring.enablement import enablement
from infra.wiring.platform import platform as wired
from shared.enablement.domain.due_date import DaysOff, WorkCalendar
from shared.enablement.domain.reminders import steps
from shared.enablement.records import Assignment
from shared.enablement.usecases.remind import Remind
from shared.enablement.usecases.tell_people import TellPeople
from shared.enablement.usecases.work_calendars import WorkCalendars
from shared.people.records import EmployeeRecords
from shared.platform.usecases.notices import Notifications
from tests.enablement.deals import CRM, acme, outcome
from tests.enablement.test_deal_assignments import GOOD_IN_GENERAL, assigned, assignments, told
from tests.harness.api_client import ADA, DANA, ENID, JOE, NOW, SARAH, ApiClient

UTC_ZONE = ZoneInfo("UTC")


@pytest.fixture
def joe(api: ApiClient) -> ApiClient:
    api.record(*GOOD_IN_GENERAL)
    api.deliver()
    return api


def run(api: ApiClient) -> tuple[int, int]:
    """Runs what the clock starts every quarter of an hour. Returns how many people and managers were told."""
    done = enablement(api.platform.on).remind.remind()
    api.deliver()
    return done.people, done.managers


def in_ten_days(**more: Any) -> dict[str, Any]:
    """A deal whose meeting is on Monday the 23rd: it is due on Friday the 20th, eight days from now."""
    return {"next_meeting__date": "2026-02-23T10:00:00Z", **more}


def test_first_the_person_then_the_manager_each_once(joe: ApiClient) -> None:
    assigned(joe, **in_ten_days())
    assert run(joe) == (0, 0)
    joe.clock.move(days=4, hours=3)  # half of the time is gone on Monday the 16th
    assert run(joe) == (1, 0)
    assert run(joe) == (0, 0)
    (own,) = told(joe, JOE, "assignment.reminder")
    assert (own["facts"]["account"], own["facts"]["due"]) == ("Acme Health", "2026-02-20T17:00:00+00:00")
    joe.clock.move(days=2, hours=17)  # Thursday the 19th, 08:00
    assert run(joe) == (0, 0)
    joe.clock.move(hours=1)
    assert run(joe) == (0, 1)
    assert run(joe) == (0, 0)
    joe.clock.move(days=1)
    assert run(joe) == (0, 0)
    (managers,) = told(joe, DANA, "assignment.not_begun")
    assert (managers["facts"]["to"], managers["facts"]["risk"]) == (JOE, "medium")


def test_the_manager_hears_of_it_on_the_persons_own_morning(joe: ApiClient) -> None:
    read = joe.get(f"employees/{JOE}", who=ADA).json
    assert joe.put(f"employees/{JOE}", {**read, "zone": "America/Los_Angeles"}, who=ADA).status == 200
    assigned(joe, **in_ten_days())  # due on Friday the 20th at 17:00 there
    joe.clock.move(days=5)
    assert run(joe) == (1, 0)
    joe.clock.move(days=1, hours=23)  # Thursday the 19th, 09:00 in London and one at night there
    assert run(joe) == (0, 0)
    joe.clock.move(hours=8)
    assert run(joe) == (0, 1)


def test_who_has_begun_is_reminded_and_nobody_else_is_told(joe: ApiClient) -> None:
    (one,) = assigned(joe, **in_ten_days())["assignments"]
    content = {"content_id": one["activities"][0]["content_id"]}
    joe.post(f"assignments/{one['assignment_id']}/completions", content, who=JOE)
    run(joe)
    joe.clock.move(days=5)
    assert run(joe) == (1, 0)
    joe.clock.move(days=2)
    assert run(joe) == (0, 0)


@pytest.mark.parametrize(
    "telling",
    [
        ("deal-assignments", acme(employee_id=SARAH)),
        ("deal-assignments", acme(next_meeting=None)),
        ("deal-outcomes", outcome(stage="closed_won", closed_won=True, close_date="2026-02-12")),
    ],
    ids=["another's", "without a meeting", "closed"],
)
@pytest.mark.parametrize("delivered", [True, False])
def test_what_is_withdrawn_or_about_to_be_is_left_alone(
    joe: ApiClient, telling: tuple[str, dict[str, Any]], *, delivered: bool
) -> None:
    assigned(joe, **in_ten_days())
    run(joe)
    joe.clock.move(days=5)
    assert joe.post(*telling, who=CRM).status == 201
    if delivered:
        joe.deliver()
    enablement(joe.platform.on).remind.remind()
    assert told(joe, JOE, "assignment.reminder") == told(joe, DANA, "assignment.not_begun") == []


def test_what_is_done_or_overdue_is_left_alone(joe: ApiClient) -> None:
    (one,) = assigned(joe, **in_ten_days())["assignments"]
    for each in one["activities"]:
        content = {"content_id": each["content_id"]}
        joe.post(f"assignments/{one['assignment_id']}/completions", content, who=JOE)
    given = {"employee_ids": [SARAH], "content_id": "hipaa-battlecard", "due_on": "2026-02-13", "reason": "Read it"}
    assert joe.post("assignments", given, who=DANA).status == 201
    joe.clock.move(days=5)
    assert run(joe) == (0, 0)


def test_a_meeting_that_moves_is_told_of_by_its_new_day_and_never_twice(joe: ApiClient) -> None:
    assigned(joe, **in_ten_days())
    run(joe)
    assigned(joe, next_meeting__date="2026-03-09T10:00:00Z")
    joe.clock.move(days=5)
    assert run(joe) == (0, 0), "half of the new time is not gone"
    joe.clock.move(days=7)
    assert run(joe) == (1, 0)
    assigned(joe, next_meeting__date="2026-03-16T10:00:00Z")
    joe.clock.move(days=7)
    assert run(joe) == (0, 0), "the person has been reminded of this"
    assert len(told(joe, JOE, "assignment.reminder")) == 1


def test_what_was_assigned_by_hand_is_told_of_as_well(api: ApiClient) -> None:
    given = {"employee_ids": [SARAH], "content_id": "hipaa-battlecard", "due_on": "2026-02-20", "reason": "Read it"}
    assert api.post("assignments", given, who=ENID).status == 201
    api.clock.move(days=5)
    assert run(api) == (1, 0)
    api.clock.move(days=2, hours=1)
    assert run(api) == (0, 1)
    assert told(api, DANA, "assignment.not_begun")[0]["facts"]["title"] == "HIPAA Compliance Talking Points"


def test_managers_are_told_only_where_that_is_wanted(joe: ApiClient) -> None:
    assert joe.put("settings/assignments", {"on": False, "escalate": False}, who=ENID).status == 200
    assigned(joe, **in_ten_days())
    joe.clock.move(days=5)
    assert run(joe) == (1, 0)
    joe.clock.move(days=2)
    assert run(joe) == (0, 0)


def test_the_highest_risk_first(joe: ApiClient) -> None:
    assigned(joe, **in_ten_days())  # medium: Joe is good in general
    assigned(joe, **in_ten_days(deal_id="opp-2", employee_id=SARAH, account__name="Never Seen"))
    joe.clock.move(days=5)
    run(joe)
    joe.clock.move(days=2)
    documents, platform = joe.platform.documents, wired(joe.platform.on)
    telling = InOrder(platform.notifications, EmployeeRecords(documents))
    calendars = WorkCalendars(lambda who: None, CALENDAR, lambda country: DaysOff())
    assert Remind(documents, calendars, telling, joe.clock).remind().managers == 2
    assert telling.said == [("Never Seen", "high"), ("Acme Health", "medium")]


class InOrder(TellPeople):
    """Tells, and notes in which order it did."""

    def __init__(self, notices: Notifications, employees: EmployeeRecords) -> None:
        super().__init__(notices, employees)
        self.said: list[tuple[str | None, str | None]] = []

    def not_begun(self, assignment: Assignment, risk: str | None) -> bool:
        self.said.append((assignment.account, risk))
        return super().not_begun(assignment, risk)


CALENDAR = WorkCalendar(UTC_ZONE)


@pytest.mark.parametrize(
    ("assigned_at", "due", "remind", "escalate"),
    [
        # Half of it on a Sunday waits for Monday; the manager on the working day before.
        ("2026-02-12T12:00", "2026-02-18T17:00", "2026-02-16T09:00", "2026-02-17T09:00"),
        # From one day to the next: half of it in the night, the manager hours later.
        ("2026-02-12T12:00", "2026-02-13T17:00", "2026-02-13T02:30", "2026-02-13T06:30"),
        # An afternoon: nobody could do anything about it any more.
        ("2026-02-12T12:00", "2026-02-12T17:00", "2026-02-12T14:30", None),
        # Over a weekend: Monday morning is before it is due.
        ("2026-02-13T16:00", "2026-02-16T17:00", "2026-02-16T09:00", "2026-02-16T13:00"),
    ],
)
def test_when_somebody_is_told(assigned_at: str, due: str, remind: str, escalate: str | None) -> None:
    def at(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)

    found = steps(at(assigned_at), at(due), 0.5, CALENDAR)
    assert (found.remind_at, found.escalate_at) == (at(remind), None if escalate is None else at(escalate))
    assert found.remind_at < at(due)


def test_whatever_the_calendar_both_are_before_it_is_due() -> None:
    for hours in range(1, 600, 7):
        for share in (0.1, 0.5, 0.9):
            due = NOW + timedelta(hours=hours)
            found = steps(NOW, due, share, CALENDAR)
            assert NOW <= found.remind_at < due
            assert found.escalate_at is None or found.remind_at < found.escalate_at < due


def test_nobody_is_told_of_what_is_gone(joe: ApiClient) -> None:
    assigned(joe, **in_ten_days())
    joe.clock.move(days=30)
    assert run(joe) == (0, 0)
    assert assignments(joe)[0]["state"] == "open"


def test_nobody_hears_of_who_has_left_until_they_are_back(joe: ApiClient) -> None:
    assigned(joe, **in_ten_days())
    record = {"name": "Joe Smith", "manager": DANA}
    assert joe.put(f"employees/{JOE}", {**record, "active": False}).status in (200, 201)
    joe.clock.move(days=4, hours=3)
    assert run(joe) == (0, 0)
    joe.clock.move(days=2, hours=18)  # by now the manager would have been told
    assert run(joe) == (0, 0)
    assert joe.put(f"employees/{JOE}", {**record, "active": True}).status == 200
    joe.clock.move(hours=23)
    assert run(joe) == (0, 0), "it is looked at once a day"
    joe.clock.move(hours=2)
    assert run(joe) == (1, 0)
