"""Checks names of places: time zones and countries."""

from __future__ import annotations

import re
from functools import cache
from typing import Final
from zoneinfo import available_timezones

_CODES: Final = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ "
    "CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO "
    "FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE "
    "JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO "
    "MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW "
    "PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM "
    "TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW "
)
COUNTRIES: Final = frozenset(_CODES.split())
"""As ISO 3166-1 has them, and Kosovo."""
_REGION: Final = re.compile(r"[A-Z0-9]{1,3}")


@cache
def _zones() -> set[str]:
    """Returns the names of all time zones, which takes a walk through hundreds of files."""
    return available_timezones()


def zone_name(value: str) -> str:
    """Returns the name of a time zone. Raises ValueError for one that there is not."""
    if value not in _zones():
        raise ValueError("is no time zone, such as Europe/London")
    return value


def country_code(value: str) -> str:
    """Returns a country, or one with a region, in capitals. Raises ValueError for one that there is not."""
    country, hyphen, region = value.upper().partition("-")
    if country not in COUNTRIES or (hyphen and not _REGION.fullmatch(region)):
        raise ValueError("is no country of ISO 3166, such as GB, or GB-SCT with a region")
    return value.upper()
