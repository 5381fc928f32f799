"""Opens the calendar of working days: public holidays by country, and the time zone."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from infra.declarations.integration_settings import given
from shared.enablement.domain.due_date import DaysOff, WorkCalendar


def work_calendar(settings: Mapping[str, str]) -> WorkCalendar:
    """Returns when people work. Raises ValueError naming a setting that cannot be read."""
    zone, country = given(settings, "AUGMENT_WORK_ZONE"), given(settings, "AUGMENT_WORK_COUNTRY")
    weekends = given(settings, "AUGMENT_WORK_WEEKENDS").lower()
    if weekends not in ("yes", "no"):
        raise ValueError(f"AUGMENT_WORK_WEEKENDS: {weekends!r} is neither yes nor no")
    try:
        found = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"AUGMENT_WORK_ZONE: {zone!r} is no time zone, such as Europe/London") from None
    if not country:
        return WorkCalendar(found, weekends=weekends == "yes")
    try:
        off = _days_off(country)
    except NotImplementedError:
        raise ValueError(f"AUGMENT_WORK_COUNTRY: {country!r} is no country, such as GB or GB-SCT") from None
    return WorkCalendar(found, off.holidays, weekends == "yes", off.weekend)


@cache
def days_off(country: str) -> DaysOff:
    """Returns when a country does not work: of an unknown region when all of its country does not, of an unknown
    country at weekends."""
    for known in (country, country.partition("-")[0]):
        try:
            return _days_off(known)
        except NotImplementedError:
            continue
    return DaysOff()


def _days_off(country: str) -> DaysOff:
    """Raises NotImplementedError for a country, or a region, that is not known."""
    import holidays

    name, _, region = country.upper().partition("-")
    found = holidays.country_holidays(name, subdiv=region or None)
    return DaysOff(found, frozenset(found.weekend))
