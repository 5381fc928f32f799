"""Tells what an answer of Salesforce's that is none of success means, and what is to be done about it.

By its `errorCode`, since the same status says very different things: 403 is a spent allowance, or an interface that is
switched off. Of Salesforce's own words only names of fields and objects are repeated: the rest may quote records.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

from infra.web.whole_answers import WholeAnswer
from shared.kernel.errors import AugmentError
from shared.ports.crm import CrmLimited, CrmRefused, CrmUnavailable

DAILY_SECONDS: Final = 900
"""Until the next attempt when a day's allowance is spent: the window of 24 hours moves all the time."""
CONCURRENT_SECONDS: Final = 10
OUTAGE_SECONDS: Final = 30
LOCKED_SECONDS: Final = 5
LOGIN_RATE_SECONDS: Final = 600
MOST_SKEW: Final = timedelta(seconds=60)

_RETRIED: Final = {
    "UNABLE_TO_LOCK_ROW": LOCKED_SECONDS,
    "QUERY_TIMEOUT": OUTAGE_SECONDS,
    "SERVER_UNAVAILABLE": OUTAGE_SECONDS,
    "INVALID_QUERY_LOCATOR": LOCKED_SECONDS,
    "OPERATION_TOO_LARGE": OUTAGE_SECONDS,
    "UNKNOWN_EXCEPTION": OUTAGE_SECONDS,
}
_COLUMN: Final = re.compile(
    r"No such column '([A-Za-z0-9_.]{1,200})' on (?:entity|sobject of type) '?([A-Za-z0-9_]{1,80})"
)
_RELATION: Final = re.compile(r"Didn't understand relationship '([A-Za-z0-9_.]{1,200})'")
_TYPE: Final = re.compile(r"sObject type '([A-Za-z0-9_]{1,80})' is not supported")
_CODE: Final = re.compile(r"[A-Za-z_]{1,60}")

_USER: Final = "the user in AUGMENT_SALESFORCE_USER"
_ADMIN: Final = "in Salesforce's connected app"
_DENIED: Final = (
    (
        "approved this consumer",
        f"{_ADMIN} set “Permitted Users” to “Admin approved users are pre-authorized” and give the app a profile or "
        f"permission set of {_USER}; or AUGMENT_SALESFORCE_TOKEN_URL is another organisation's",
    ),
    (
        "not admin approved",
        f"{_ADMIN} give a profile or permission set of {_USER} access to the app",
    ),
    (
        "client identifier",
        "the key in AUGMENT_SALESFORCE_CONSUMER_KEY is of no connected app there; a new app is known after ten minutes",
    ),
    ("inactive", f"{_USER} is inactive or locked"),
    ("ip restricted", f"{_ADMIN} relax the restriction of IP addresses, or admit those of the platform"),
)


def login_error(answer: WholeAnswer, audience: str, now: datetime) -> AugmentError:
    """Returns what a login that failed means. audience: that was sent; now: by our own clock"""
    if answer.status >= 500 or answer.status == 429:
        return _outage(answer)
    said = _json(answer.content)
    if not isinstance(said, dict):
        return CrmRefused(
            f"no Salesforce answers logins at AUGMENT_SALESFORCE_TOKEN_URL ({answer.status}): it is "
            "https://<My Domain>.my.salesforce.com/services/oauth2/token"
        )
    error, words = str(said.get("error", "")), str(said.get("error_description", "")).lower()
    if "rate exceeded" in words:
        return CrmLimited("concurrent", "Salesforce limits our logins", after_seconds=LOGIN_RATE_SECONDS)
    if "audience" in words:
        return CrmRefused(
            f"Salesforce does not take the audience {audience[:120]!r}: AUGMENT_SALESFORCE_AUDIENCE is "
            "https://login.salesforce.com, for a sandbox https://test.salesforce.com"
        )
    if error == "invalid_client_id":
        words = "client identifier"
    for part, mend in _DENIED:
        if part in words:
            return CrmRefused(mend)
    if "assertion" in words or "expired" in words:
        return CrmRefused(_assertion(answer, now))
    code = error if _CODE.fullmatch(error) else "no reason"
    return CrmRefused(f"Salesforce does not let in {_USER} ({code})")


def data_error(answer: WholeAnswer, fields: Iterable[str] = ()) -> AugmentError:
    """Returns what a request that failed means. fields: that it named, as they are configured"""
    said = _json(answer.content)
    first = said[0] if isinstance(said, list) and said and isinstance(said[0], dict) else {}
    code, words = str(first.get("errorCode", "")), str(first.get("message", ""))
    if code == "REQUEST_LIMIT_EXCEEDED":
        return _limited(words)
    if code in _RETRIED:
        return CrmUnavailable(f"Salesforce answers {code}", after_seconds=_RETRIED[code])
    if answer.status >= 500 or answer.status in (420, 429):
        return _outage(answer)
    if code in ("INVALID_FIELD", "INVALID_TYPE"):
        return CrmRefused(_unknown(words, list(fields)))
    if code == "API_DISABLED_FOR_ORG":
        return CrmRefused(
            f"the REST API is not enabled: the organisation's edition has none, or {_USER} lacks the permission "
            "“API Enabled”"
        )
    if answer.status == 401:
        return CrmRefused(
            f"Salesforce refuses a session that it has just given: check the login policies of {_USER} and of the "
            "connected app"
        )
    if not first:
        return CrmRefused(
            f"no REST interface answers at the address that Salesforce gave us ({answer.status}): My Domain may have "
            "changed, check AUGMENT_SALESFORCE_TOKEN_URL"
        )
    known = code if _CODE.fullmatch(code) else "no reason"
    named = f": {', '.join(fields)}" if fields else ""
    return CrmRefused(f"Salesforce refuses the request ({answer.status}, {known}){named}"[:400])


def _limited(words: str) -> CrmLimited:
    if "concurrent" in words.lower():
        return CrmLimited(
            "concurrent", "Salesforce has too many long requests at this moment", after_seconds=CONCURRENT_SECONDS
        )
    return CrmLimited(
        "daily",
        "the organisation's requests to Salesforce of 24 hours are used up; credentials are right",
        after_seconds=DAILY_SECONDS,
    )


def _outage(answer: WholeAnswer) -> CrmUnavailable:
    return CrmUnavailable(f"Salesforce answers {answer.status}", after_seconds=OUTAGE_SECONDS)


def _unknown(words: str, fields: list[str]) -> str:
    kind = _TYPE.search(words)
    if kind is not None:
        return (
            f"Salesforce has no object {kind[1]!r}: it is misspelt or switched off (team selling, splits), or {_USER} "
            "may not see it"
        )
    column, relation = _COLUMN.search(words), _RELATION.search(words)
    if column is not None:
        wrong = next((one for one in fields if one.lower().split(".")[-1] == column[1].lower()), column[1])
        return f"the configured field {wrong!r} does not exist on {column[2]}, or {_USER} may not see it"
    if relation is not None:
        wrong = next((one for one in fields if relation[1].lower() in one.lower().split(".")[:-1]), relation[1])
        return f"the configured field {wrong!r} goes by a relation that does not exist"
    return f"one of the configured fields cannot be used so: {', '.join(fields)}"[:400]


def _assertion(answer: WholeAnswer, now: datetime) -> str:
    """Says why a signed assertion is not taken: the clock first, since everybody changes the key first."""
    try:
        theirs = parsedate_to_datetime(answer.headers.get("date", ""))
        apart = abs(theirs - now)
    except (TypeError, ValueError):
        apart = timedelta(0)
    if apart > MOST_SKEW:
        seconds = round(apart.total_seconds())
        return f"our clock and Salesforce's are {seconds} seconds apart, and an assertion is good for three minutes"
    return (
        "Salesforce does not take our signature, though the clocks agree: the secret salesforce-key is not the one of "
        "the certificate in the connected app"
    )


def _json(content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
