"""Names what is stored of the daily discovery: where the next run begins, and whose the recorder's ids are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from shared.kernel.reading import is_document_name
from shared.kernel.records import Record
from shared.ports.documents import Documents, Put

MOST_AT_ONCE = 400
"""Users written in one batch."""


class Discovery(Record, frozen=True, kw_only=True):
    """Says how far the discovery of a source is, in ISO 8601. begun: no call from before it is ever taken by itself"""

    begun: str
    until: str


class Discoveries:
    """Reads and writes where a source's next discovery begins.

    documents: the integrations' database
    """

    def __init__(self, documents: Documents, source: str) -> None:
        self._documents = documents
        self._path = f"discoveries/{source}"

    def place(self) -> tuple[datetime, datetime] | None:
        """Returns (the beginning of all, the end of the last run); None before the first."""
        document = self._documents.get(self._path)
        if document is None:
            return None
        found = Discovery.read(document)
        return datetime.fromisoformat(found.begun), datetime.fromisoformat(found.until)

    def reached(self, begun: datetime, until: datetime) -> None:
        """Notes that everything from `begun` to `until` has been discovered."""
        place = Discovery(begun=begun.isoformat(), until=until.isoformat())
        self._documents.commit([Put(self._path, place.stored())])


class RecorderUser(Record, frozen=True, kw_only=True):
    """The e-mail address behind a recorder's user id."""

    email: str


class RecorderUsers:
    """Reads and writes whose the recorder's user ids are.

    documents: the integrations' database
    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def emails(self, source: str, users: Iterable[str]) -> dict[str, str]:
        """Reads the e-mail addresses that are known, by the recorder's user id."""
        paths = [_user(source, user) for user in users if is_document_name(user)]
        known = RecorderUser.by_id(self._documents.get_many(paths).values())
        return {identity.removeprefix(f"{source}-"): user.email for identity, user in known.items()}

    def remember(self, source: str, emails: Mapping[str, str]) -> None:
        """Writes whose the ids are; of very many the rest comes with the next call."""
        puts = [Put(_user(source, user), RecorderUser(email=email).stored()) for user, email in sorted(emails.items())]
        if puts:
            self._documents.commit(puts[:MOST_AT_ONCE])


def _user(source: str, user: str) -> str:
    return f"recorder_users/{source}-{user}"
