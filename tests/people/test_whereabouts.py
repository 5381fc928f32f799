"""What follows from where somebody works: when preparation is due, and when it is night."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import holidays
import pytest

from infra.wiring.ports.work_calendar import days_off, work_calendar
from shared.enablement.domain.due_date import due_before
from shared.enablement.usecases.work_calendars import WorkCalendars
from shared.kernel.ids import DEFAULT_FRAMEWORK
from shared.kernel.places import COUNTRIES
from shared.people.domain.whereabouts import zone_in_force
from shared.people.records import Employee
from tests.notifications.house import JOE, House, house_in
from tests.notifications.test_sending import CALLER, choose

EARLIER = datetime(2026, 1, 1, tzinfo=UTC)
LONDON = {"AUGMENT_WORK_ZONE": "Europe/London", "AUGMENT_WORK_COUNTRY": "GB-ENG"}


def employee(**fields: Any) -> Employee:
    return Employee(
        employee_id=JOE,
        name="Joe",
        framework_id=DEFAULT_FRAMEWORK,
        updated_at=datetime(2026, 1, 1, tzinfo=UTC),
        **fields,
    )


def test_every_country_whose_holidays_are_known_may_be_named() -> None:
    assert set(holidays.list_supported_countries(include_aliases=False)) <= COUNTRIES


class TestDueDates:
    @pytest.mark.parametrize(
        ("fields", "chosen", "meeting", "due"),
        [
            # Nothing of their own: the organisation's. Easter Monday of 2026 is 6 April.
            ({}, None, "2026-04-07T10:00:00Z", "2026-04-02T16:00:00Z"),
            ({"zone": "America/New_York"}, None, "2026-04-07T15:00:00Z", "2026-04-02T21:00:00Z"),
            ({"zone": "America/New_York", "country": "US"}, None, "2026-04-07T15:00:00Z", "2026-04-06T21:00:00Z"),
            # What the person chose goes before what their record says.
            (
                {"zone": "America/New_York", "country": "US"},
                "Asia/Tokyo",
                "2026-04-07T10:00:00Z",
                "2026-04-06T08:00:00Z",
            ),
            # The weekend of Israel is Friday and Saturday: before a Monday it is due on Sunday.
            ({"zone": "Asia/Jerusalem", "country": "IL"}, None, "2026-03-09T10:00:00Z", "2026-03-08T15:00:00Z"),
            ({"country": "GB-SCT"}, None, "2026-04-07T10:00:00Z", "2026-04-06T16:00:00Z"),
            # A region that is not known has the holidays of its country.
            ({"country": "GB-XXX"}, None, "2026-05-05T10:00:00Z", "2026-05-01T16:00:00Z"),
        ],
    )
    def test_it_is_five_in_the_afternoon_of_a_working_day_where_the_person_is(
        self, fields: dict[str, str], chosen: str | None, meeting: str, due: str
    ) -> None:
        calendars = WorkCalendars(lambda person: chosen, work_calendar(LONDON), days_off)
        found = due_before(datetime.fromisoformat(meeting), EARLIER, calendars.of(employee(**fields)))
        assert found == datetime.fromisoformat(due)

    def test_where_an_organisation_works_at_weekends_everybody_does(self) -> None:
        calendars = WorkCalendars(lambda person: None, work_calendar({"AUGMENT_WORK_WEEKENDS": "yes"}), days_off)
        assert calendars.of(employee(country="IL")).works_on(datetime(2026, 3, 7, tzinfo=UTC).date())


class TestQuietHours:
    def test_they_are_where_the_record_has_somebody_until_they_choose_for_themselves(self, tmp_path: Any) -> None:
        house = house_in(tmp_path)
        house.world.clock.time = datetime(2026, 3, 4, 12, tzinfo=UTC)  # nine in the evening in Tokyo
        self._works(house, "Asia/Tokyo")
        shown = house.use_cases().settings.show(CALLER, JOE)
        assert (shown.zone_in_force, shown.zone_from) == ("Asia/Tokyo", "record")
        house.tell()
        house.run(hours=1)
        assert house.mails() == []
        house.run(hours=10)
        [mail] = house.mails()
        assert "(JST)" in mail["text"]
        choose(house, {}, zone="Europe/London")
        shown = house.use_cases().settings.show(CALLER, JOE)
        assert (shown.zone_in_force, shown.zone_from) == ("Europe/London", "chosen")

    def test_without_either_it_is_the_organisation_s(self, tmp_path: Any) -> None:
        house = house_in(tmp_path)
        house.settings["AUGMENT_WORK_ZONE"] = "Europe/Berlin"
        shown = house.use_cases().settings.show(CALLER, JOE)
        assert (shown.zone_in_force, shown.zone_from) == ("Europe/Berlin", "organisation")

    @staticmethod
    def _works(house: House, zone: str) -> None:
        records = house.use_cases().reach.employees
        known = records.get(JOE)
        assert known is not None
        records.put(known.changed(zone=zone), house.world.clock.now, new=False)


def test_a_zone_that_databases_do_not_know_any_more_is_passed_over() -> None:
    london = ZoneInfo("Europe/London")
    assert zone_in_force("Mars/Olympus", "Asia/Tokyo", otherwise=london) == ZoneInfo("Asia/Tokyo")
    assert zone_in_force(None, "../x", "", otherwise=london) == london
