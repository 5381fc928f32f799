"""The `CrmRecords` and `CrmWriter` ports over Salesforce's REST interface.

    GET   /services/data/vN.0/query[All]?q=…      and its next pages
    PATCH /services/data/vN.0/sobjects/<kind>/<id>

Records that were deleted or merged are asked for, too (queryAll). Children are asked for by a query of their own rather
than within their parents', whose pages would have pages. Nothing is retried here but one expired session: the queue or
schedule that has called does that.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from urllib.parse import urlencode

from infra.vendors import soql
from infra.vendors.salesforce_errors import OUTAGE_SECONDS, data_error
from infra.vendors.salesforce_login import Login
from infra.vendors.salesforce_rows import record_of
from infra.web.whole_answers import NoAnswer, WholeAnswer, WholeAnswers
from shared.deals.wire.salesforce_ids import eighteen
from shared.kernel.errors import AugmentError
from shared.kernel.json_values import JsonObject
from shared.ports.crm import CrmRecord, CrmRefused, CrmUnavailable, Cursor, Deleted, Page, Scalar, Usage

VERSION: Final = "v62.0"
"""Of the interface: Salesforce keeps each for three years at least."""
MOST_BYTES: Final = 8 << 20
"""Of an answer: a page of two thousand records, Salesforce's largest, with a hundred fields has 5 MB."""
MOST_PAGES: Final = 500
PAGE: Final = 500
"""Records that a page of changes holds."""

_USAGE: Final = re.compile(r"api-usage=(\d{1,12})/(\d{1,12})")
_NEXT: Final = re.compile(r"/services/data/v\d{2,3}\.0/query(?:All)?/[A-Za-z0-9_-]{1,200}")
_GONE: Final = ("NOT_FOUND", "ENTITY_IS_DELETED")


class SalesforceRecords:
    """Records of one organisation. page: how many changes are asked for at once"""

    def __init__(self, login: Login, answers: WholeAnswers, *, page: int = PAGE) -> None:
        self._login = login
        self._answers = answers
        self._page = page
        self._usage: Usage | None = None
        self._noting = threading.Lock()

    def read(self, kind: str, ids: Sequence[str], fields: Sequence[str]) -> Mapping[str, CrmRecord | Deleted]:
        found: dict[str, CrmRecord | Deleted] = {}
        for some in _portions(ids):
            for row in self._rows(soql.by_ids(kind, fields, some), fields):
                one = _record(row, fields)
                found[one.id] = one
        return found

    def changed_since(self, kind: str, fields: Sequence[str], after: Cursor | None) -> Page:
        rows = self._rows(soql.after(kind, fields, after, self._page), fields)
        records = tuple(_record(row, fields) for row in rows)
        return Page(records, Cursor(records[-1].modified, records[-1].id) if len(records) >= self._page else None)

    def children(
        self, kind: str, parent_field: str, parent_ids: Sequence[str], fields: Sequence[str]
    ) -> Sequence[CrmRecord]:
        wanted = tuple(dict.fromkeys((*fields, parent_field)))
        found: list[CrmRecord] = []
        for some in _portions(parent_ids):
            for row in self._rows(soql.by_parents(kind, fields, parent_field, some), wanted, everything=False):
                one = _record(row, wanted)
                found += [one] if isinstance(one, CrmRecord) else []
        return found

    def usage(self) -> Usage | None:
        with self._noting:
            return self._usage

    def exists(self, kind: str, fields: Sequence[str]) -> None:
        """Asks for any one record, which costs one request. Raises CrmRefused naming what does not exist."""
        self._rows(soql.any_one(kind, fields), fields)

    def write(self, kind: str, record_id: str, fields: Mapping[str, Scalar]) -> bool:
        whole = eighteen(record_id)
        if whole is None:
            return False
        named = [soql.name(one) for one in fields]
        path = f"/services/data/{VERSION}/sobjects/{soql.name(kind)}/{whole}"
        answer = self._ask("PATCH", path, json=dict(fields))
        if answer.status in (200, 204):
            return True
        if answer.status == 404 and any(code.encode() in answer.content for code in _GONE):
            return False
        raise data_error(answer, named)

    def close(self) -> None:
        """Closes the kept connections."""
        self._answers.close()

    def _rows(self, query: str, fields: Sequence[str], *, everything: bool = True) -> list[JsonObject]:
        path = f"/services/data/{VERSION}/{'queryAll' if everything else 'query'}?{urlencode({'q': query})}"
        return [row for page in self._pages(path, fields) for row in page]

    def _pages(self, path: str, fields: Sequence[str]) -> Iterator[list[JsonObject]]:
        for _ in range(MOST_PAGES):
            answer = self._ask("GET", path)
            if answer.status != 200:
                raise data_error(answer, fields)
            said = _object(answer.content)
            records, following = said.get("records"), said.get("nextRecordsUrl")
            if not isinstance(records, list) or not all(isinstance(one, dict) for one in records):
                raise _unreadable()
            yield records
            if said.get("done") is True:
                return
            if not isinstance(following, str) or not _NEXT.fullmatch(following) or following == path:
                raise _unreadable()
            path = following
        raise CrmRefused(f"a question to Salesforce has over {MOST_PAGES} pages of answers: narrow what is configured")

    def _ask(self, method: str, path: str, *, json: object = None) -> WholeAnswer:
        """Returns the answer; after an expired session that of a new one, which is renewed once."""
        session = self._login.session()
        for last in (False, True):
            headers = {"Authorization": f"Bearer {session.token}"}
            try:
                answer = self._answers.ask(method, session.instance + path, headers, json=json)
            except NoAnswer as error:
                raise CrmUnavailable(f"Salesforce cannot be reached ({error})", after_seconds=OUTAGE_SECONDS) from error
            self._note(answer)
            if answer.status != 401 or last:
                break
            session = self._login.session(other_than=session)
        return answer

    def _note(self, answer: WholeAnswer) -> None:
        match = _USAGE.search(answer.headers.get("sforce-limit-info", ""))
        if match is not None:
            with self._noting:
                self._usage = Usage(int(match[1]), int(match[2]))


def _portions(ids: Sequence[str]) -> Iterator[list[str]]:
    """Yields ids, each once and with 18 characters, at most as many as go into one query."""
    known = list(dict.fromkeys(whole for whole in map(eighteen, ids) if whole is not None))
    for at in range(0, len(known), soql.MOST_IDS):
        yield known[at : at + soql.MOST_IDS]


def _record(row: JsonObject, fields: Sequence[str]) -> CrmRecord | Deleted:
    found = record_of(row, fields)
    if found is None:
        raise _unreadable()
    return found


def _object(content: bytes) -> JsonObject:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise _unreadable()
    return found


def _unreadable() -> AugmentError:
    return CrmUnavailable("Salesforce answers nothing that can be read", after_seconds=OUTAGE_SECONDS)
