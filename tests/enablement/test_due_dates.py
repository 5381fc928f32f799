"""Preparation is due on the working day before the meeting, at five in the afternoon where the person is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.wiring.ports.work_calendar import work_calendar
from shared.enablement.domain.due_date import WorkCalendar, due_before

EARLIER = datetime(2025, 1, 1, tzinfo=UTC)
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
LONDON, AUCKLAND = ZoneInfo("Europe/London"), ZoneInfo("Pacific/Auckland")


@pytest.mark.parametrize(
    ("meeting", "settings", "due"),
    [
        ("2026-02-15T10:00:00Z", {}, "2026-02-13T17:00:00Z"),
        ("2026-02-15T10:00:00Z", {"AUGMENT_WORK_WEEKENDS": "yes"}, "2026-02-14T17:00:00Z"),
        # Good Friday and Easter Monday of 2026 in England; in Scotland the Monday is a working day.
        ("2026-04-07T10:00:00Z", {"AUGMENT_WORK_COUNTRY": "GB-ENG"}, "2026-04-02T17:00:00Z"),
        ("2026-04-07T10:00:00Z", {"AUGMENT_WORK_COUNTRY": "GB-SCT"}, "2026-04-06T17:00:00Z"),
        # The clocks go forward on 29 March: five in the afternoon is another hour in UTC before and after.
        ("2026-03-31T10:00:00Z", {"AUGMENT_WORK_ZONE": "Europe/London"}, "2026-03-30T16:00:00Z"),
        ("2026-03-30T10:00:00Z", {"AUGMENT_WORK_ZONE": "Europe/London"}, "2026-03-27T17:00:00Z"),
        # In Auckland it is the 17th already, a Tuesday: the day before is Monday the 16th.
        ("2026-02-16T22:00:00Z", {"AUGMENT_WORK_ZONE": "Pacific/Auckland"}, "2026-02-16T04:00:00Z"),
    ],
)
def test_the_working_day_before(meeting: str, settings: Mapping[str, str], due: str) -> None:
    found = due_before(datetime.fromisoformat(meeting), EARLIER, work_calendar(settings))
    assert found == datetime.fromisoformat(due)


@given(
    meeting=st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: SINCE + timedelta(minutes=minutes)),
    zone=st.sampled_from([ZoneInfo("UTC"), LONDON, AUCKLAND, ZoneInfo("America/Los_Angeles")]),
    off=st.frozensets(st.dates(date(2025, 12, 1), date(2028, 1, 1)), max_size=9),
    weekends=st.booleans(),
)
def test_it_is_before_the_meeting_and_on_a_working_day(
    meeting: datetime, zone: ZoneInfo, off: frozenset[date], weekends: bool
) -> None:
    calendar = WorkCalendar(zone, off, weekends)
    due = due_before(meeting, EARLIER, calendar)
    local = due.astimezone(zone)
    assert due < meeting
    assert (local.hour, local.minute) == (17, 0)
    assert calendar.works_on(local.date())


def test_where_that_is_past_it_is_due_when_the_meeting_begins() -> None:
    meeting = datetime(2026, 2, 17, 10, tzinfo=UTC)
    assert due_before(meeting, datetime(2026, 2, 16, 18, tzinfo=UTC), WorkCalendar(ZoneInfo("UTC"))) == meeting


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AUGMENT_WORK_ZONE", "Mars/Olympus"),
        ("AUGMENT_WORK_ZONE", "../etc/passwd"),
        ("AUGMENT_WORK_COUNTRY", "XX"),
        ("AUGMENT_WORK_COUNTRY", "GB-XXX"),
        ("AUGMENT_WORK_WEEKENDS", "maybe"),
    ],
)
def test_a_setting_that_cannot_be_read_is_named(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"{name}: '{value}'"):
        work_calendar({name: value})
