"""Opens the calendar of working days: public holidays by country, and the time zone."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from infra.declarations.integration_settings import given
from shared.enablement.domain.due_date import WorkCalendar


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
    import holidays

    name, _, region = country.upper().partition("-")
    try:
        return WorkCalendar(found, holidays.country_holidays(name, subdiv=region or None), weekends == "yes")
    except NotImplementedError:
        raise ValueError(f"AUGMENT_WORK_COUNTRY: {country!r} is no country, such as GB or GB-SCT") from None
