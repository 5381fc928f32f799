"""Answers as Salesforce's REST interface does, of our own making; salesforce_server.py beside serves it.

For the demonstration, and for tests that want the real protocol. What goes wrong is ordered with `Trouble`.

    POST  /services/oauth2/token                  JWT bearer: RS256, iss, sub, aud, exp within three minutes
    GET   /services/data/vN.0/query[All]?q=…      SOQL, as salesforce_soql.py reads it; pages by nextRecordsUrl
    GET   /services/data/vN.0/query/<locator>     the next page
    GET   /services/data/vN.0/sobjects/<kind>/<id>
    PATCH /services/data/vN.0/sobjects/<kind>/<id>
    GET   /services/data/vN.0/limits
"""

from __future__ import annotations

import json
import re
import threading
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any, Final, TypeAlias
from urllib.parse import parse_qs, unquote, urlsplit

from infra.demonstration import salesforce_soql as soql
from infra.demonstration.salesforce_records import Organisation, missing, value_of
from infra.demonstration.salesforce_soql import Statement, Value
from shared.kernel.json_values import Json, JsonObject

GRANT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
TOKEN_PATH: Final = "/services/oauth2/token"
CLIENT_ID: Final = "demonstration-consumer-key"
AUDIENCE: Final = "https://login.salesforce.com"
USERNAME: Final = "integration@demonstration.example"
ORGANISATION_ID: Final = "00D000000000001EAA"
INTEGRATION_USER: Final = "005000000000002AAB"

_DATA: Final = re.compile(r"/services/data/v\d{2}\.0/(.*)")
_LONGEST_ASSERTION: Final = timedelta(minutes=3)
Body: TypeAlias = "JsonObject | Sequence[Any] | str | None"


@dataclass(frozen=True, slots=True)
class Answer:
    """Carries what goes back. body: JSON; text as it is; None: nothing"""

    status: int
    body: Body
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Names what goes wrong with the next requests whose path begins so, instead of their answer."""

    answer: Answer
    path: str = "/services/data"


class Refused(Exception):
    """Ends a request with an answer."""

    def __init__(self, status: int, code: str, message: str, **more: object) -> None:
        super().__init__(code)
        self.answer = Answer(status, [{"message": message, "errorCode": code, **more}])


class SalesforceInterface:
    """The interface of one organisation.

    public_key: PEM, of the certificate that the connected app was given; approved: usernames that it admits
    page_size:  records in a page; per_day: requests that the organisation may make
    """

    def __init__(
        self,
        organisation: Organisation,
        public_key: str,
        *,
        now: Callable[[], datetime] | None = None,
        page_size: int = 2000,
        per_day: int = 15_000,
    ) -> None:
        self.organisation = organisation
        self.approved = {USERNAME}
        self.page_size = page_size
        self.per_day = per_day
        self.used = 0
        self.logins = 0
        self.answered: Counter[int] = Counter()
        self.asked: list[str] = []
        """The queries, as they came."""
        self._public_key = public_key
        self._now = now or (lambda: datetime.now(UTC))
        self._sessions: set[str] = set()
        self._locators: dict[str, list[JsonObject]] = {}
        self._troubles: deque[Trouble] = deque()
        self._numbers = count(1)
        self._lock = threading.RLock()

    def order(self, trouble: Trouble, times: int = 1) -> None:
        """Has the next requests of a path go wrong."""
        with self._lock:
            self._troubles.extend([trouble] * times)

    def end_sessions(self) -> None:
        """Ends every session, as an administrator may, and time does."""
        self._sessions.clear()

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes, host: str) -> Answer:
        """Answers a request. headers: by their names in small letters; host: of the address that was called"""
        with self._lock:
            path = unquote(urlsplit(target).path)
            try:
                found = self._troubled(path) or self._answer(method, target, path, headers, body, host)
            except Refused as refused:
                found = refused.answer
            self.answered[found.status] += 1
            if not path.startswith("/services/data"):
                return found
            usage = {"Sforce-Limit-Info": f"api-usage={min(self.used, self.per_day)}/{self.per_day}"}
            return Answer(found.status, found.body, {**usage, **found.headers})

    def _troubled(self, path: str) -> Answer | None:
        for trouble in self._troubles:
            if path.startswith(trouble.path):
                self._troubles.remove(trouble)
                return trouble.answer
        return None

    def _answer(
        self, method: str, target: str, path: str, headers: Mapping[str, str], body: bytes, host: str
    ) -> Answer:
        if path == TOKEN_PATH and method == "POST":
            return self._token(parse_qs(body.decode()), host)
        match = _DATA.fullmatch(path)
        if match is None:
            return Answer(404, "<html>URL No Longer Exists</html>")
        self.used += 1
        if self.used > self.per_day:
            raise Refused(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme not in ("Bearer", "OAuth") or token not in self._sessions:
            raise Refused(401, "INVALID_SESSION_ID", "Session expired or invalid")
        version = path.removesuffix(match[1])
        asked = parse_qs(urlsplit(target).query).get("q", [""])[0]
        match [method, *match[1].strip("/").split("/")]:
            case ["GET", "query" | "queryAll" as how] if asked:
                return self._query(asked, version, everything=how == "queryAll")
            case ["GET", "query" | "queryAll", locator]:
                return self._page(locator, version)
            case ["GET", "sobjects", kind, record_id]:
                return self._record(kind, record_id, version)
            case ["PATCH", "sobjects", kind, record_id]:
                return self._write(kind, record_id, body)
            case ["GET", "limits"]:
                return Answer(200, {"DailyApiRequests": {"Max": self.per_day, "Remaining": self.per_day - self.used}})
        raise Refused(404, "NOT_FOUND", "The requested resource does not exist")

    def _token(self, form: Mapping[str, Sequence[str]], host: str) -> Answer:
        import jwt

        assertion = form.get("assertion", [""])[0]
        if form.get("grant_type", [""])[0] != GRANT:
            return _denied("unsupported_grant_type", "grant type not supported")
        try:
            # The times by our own clock, which a test may set.
            claims = jwt.decode(
                assertion,
                self._public_key,
                algorithms=["RS256"],
                options={"verify_exp": False, "verify_aud": False, "verify_iat": False},
            )
        except jwt.PyJWTError:
            return _denied("invalid_grant", "invalid assertion")
        ends = datetime.fromtimestamp(float(claims.get("exp", 0)), UTC)
        if claims.get("iss") != CLIENT_ID:
            return _denied("invalid_client_id", "client identifier invalid")
        if claims.get("aud") != AUDIENCE:
            return _denied("invalid_grant", "audience is invalid")
        if not self._now() < ends <= self._now() + _LONGEST_ASSERTION + timedelta(seconds=5):
            return _denied("invalid_grant", "invalid assertion")
        if claims.get("sub") not in self.approved:
            return _denied("invalid_grant", "user hasn't approved this consumer")
        token = f"{ORGANISATION_ID[:15]}!session-{next(self._numbers)}"
        self._sessions.add(token)
        self.logins += 1
        return Answer(
            200,
            {
                "access_token": token,
                "scope": "api",
                "instance_url": host,
                "id": f"{host}/id/{ORGANISATION_ID}/{INTEGRATION_USER}",
                "token_type": "Bearer",
            },
        )

    def _query(self, text: str, version: str, *, everything: bool) -> Answer:
        self.asked.append(text)
        try:
            asked = soql.parse(text)
        except soql.Malformed as wrong:
            raise Refused(400, "MALFORMED_QUERY", str(wrong)) from None
        kind = self._kind(asked.kind)
        for path in asked.named:
            wrong_field = missing(self.organisation, kind, path)
            if wrong_field is not None:
                told = f"\nSELECT {path} FROM {kind}\n       ^\nERROR at Row:1:Column:8\n{wrong_field}"
                raise Refused(400, "INVALID_FIELD", told)
        found = self._found(asked, kind, everything=everything)
        records: list[JsonObject] = [self._shown(asked.fields, kind, row, version) for row in found]
        return self._paged(records, 0, version)

    def _found(self, asked: Statement, kind: str, *, everything: bool) -> list[Mapping[str, Value]]:
        def reader(row: Mapping[str, Value]) -> Callable[[str], Value]:
            return lambda path: value_of(self.organisation, kind, row, path)

        living = (row for row in self.organisation.rows(kind) if everything or not row.get("IsDeleted"))
        try:
            rows = [row for row in living if asked.where(reader(row))]
        except TypeError:
            raise Refused(400, "INVALID_FIELD", "value of filter criterion for field must be of another type") from None
        for name, down in reversed(asked.order):
            rows.sort(key=lambda row: _sortable(reader(row)(name)), reverse=down)
        return rows[: asked.limit]

    def _page(self, locator: str, version: str) -> Answer:
        name, _, start = locator.rpartition("-")
        if name not in self._locators or not start.isdigit():
            raise Refused(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        return self._paged(self._locators[name], int(start), version, name)

    def _paged(self, records: list[JsonObject], start: int, version: str, name: str | None = None) -> Answer:
        end = start + self.page_size
        page: dict[str, Json] = {"totalSize": len(records), "done": end >= len(records), "records": records[start:end]}
        if not page["done"]:
            name = name or f"01g{next(self._numbers):015}"
            self._locators[name] = records
            page["nextRecordsUrl"] = f"{version}query/{name}-{end}"
        return Answer(200, page)

    def _shown(self, fields: Sequence[str], kind: str, row: Mapping[str, Value], version: str) -> dict[str, Json]:
        attributes = {"type": kind, "url": f"{version}sobjects/{kind}/{row['Id']}"}
        shown: dict[str, Json] = {"attributes": attributes}
        related: dict[str, list[str]] = {}
        for path in fields:
            first, _, rest = path.partition(".")
            if rest:
                related.setdefault(first.lower(), []).append(rest)
            else:
                shown[self.organisation.kinds[kind].named(first) or first] = _written(row.get(self._own(kind, first)))
        for first, rests in related.items():
            relation = self.organisation.kinds[kind].relation(first)
            assert relation is not None
            other = self.organisation.row(relation[2], row.get(relation[1]))
            shown[relation[0]] = None if other is None else self._shown(rests, relation[2], other, version)
        return shown

    def _own(self, kind: str, name: str) -> str:
        return self.organisation.kinds[kind].named(name) or name

    def _record(self, kind: str, record_id: str, version: str) -> Answer:
        kind = self._kind(kind)
        row = self.organisation.row(kind, record_id)
        if row is None or row.get("IsDeleted"):
            raise Refused(404, "NOT_FOUND", "The requested resource does not exist")
        return Answer(200, self._shown([*row], kind, row, version))

    def _write(self, kind: str, record_id: str, body: bytes) -> Answer:
        kind = self._kind(kind)
        row = self.organisation.row(kind, record_id)
        if row is None:
            raise Refused(404, "NOT_FOUND", "The requested resource does not exist")
        if row.get("IsDeleted"):
            raise Refused(404, "ENTITY_IS_DELETED", "entity is deleted", fields=[])
        fields = json.loads(body)
        for name in fields:
            if self.organisation.kinds[kind].named(name) is None:
                raise Refused(400, "INVALID_FIELD", f"No such column '{name}' on sobject of type {kind}", fields=[name])
        self.organisation.change(kind, record_id, fields, by=INTEGRATION_USER)
        return Answer(204, None)

    def _kind(self, name: str) -> str:
        found = next((kind for kind in self.organisation.kinds if kind.lower() == name.lower()), None)
        if found is None:
            raise Refused(400, "INVALID_TYPE", f"sObject type '{name}' is not supported.")
        return found


def _denied(error: str, description: str) -> Answer:
    return Answer(400, {"error": error, "error_description": description})


def _written(value: Value) -> Json:
    """Returns a value as Salesforce writes it: a moment with an offset that has no colon."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    return value.isoformat() if isinstance(value, date) else value


def _sortable(value: Value) -> tuple[bool, Any]:
    return (value is not None, value if value is not None else 0)
