"""Names a learner in all that they wrote and were written on WhatsApp, before an erasure looks for who is named.

What waits for an answer, what was written before somebody said who they are, and an id seen beside theirs say no more
than under which id that was. What ties them to the learner is read and not changed: cut off, it is done again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from shared.coaching.records.identities import Identities, Person, identity_path
from shared.coaching.records.outgoing import status_path
from shared.kernel.errors import Retryable
from shared.ports.documents import Document, Documents, Merge, PreconditionFailed, Query, Where

PAGE: Final = 100


class NameTheirs:
    """Names learners.

    documents: the integrations' database
    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._identities = Identities(documents)

    def name(self, employee_ids: Collection[str]) -> None:
        """Writes a learner's id into what is certainly theirs. employee_ids: all that they have or had

        Raises Retryable.
        """
        for employee_id in employee_ids:
            for identity in self._identities.of(employee_id):
                person = self._identities.person(identity.key)
                if person.contact.employee == employee_id:
                    self._name(person, employee_id)

    def _name(self, person: Person, employee_id: str) -> None:
        for collection in ("coach_inbox", "coach_outgoing", "coach_doubts"):
            for page in self._pages(collection, person.inboxes):
                told = self._told_of(page)
                self._write([*page, *told], employee_id)
        paths = [identity_path(inbox) for inbox in person.inboxes]
        self._write(self._documents.get_many(paths).values(), employee_id)

    def _told_of(self, messages: Sequence[Document]) -> Collection[Document]:
        """Returns what WhatsApp told of messages of ours: its id of one is made of whom it is to."""
        wamids = [one.data.get("wamid") for one in messages if one.path.startswith("coach_outgoing/")]
        return self._documents.get_many([status_path(one) for one in wamids if isinstance(one, str)]).values()

    def _pages(self, collection: str, inboxes: Sequence[str]) -> Iterator[Sequence[Document]]:
        after: str | None = None
        while True:
            where = [Where("inbox", "in", sorted(inboxes))]
            page = self._documents.query(Query(collection, where, limit=PAGE, after=None if after is None else [after]))
            if page:
                yield page
            if len(page) < PAGE:
                return
            after = page[-1].id

    def _write(self, documents: Collection[Document], employee_id: str) -> None:
        nameless = [one for one in documents if one.data.get("employee_id") is None]
        for start in range(0, len(nameless), PAGE):
            some = nameless[start : start + PAGE]
            try:
                self._documents.commit(
                    [Merge(one.path, {"employee_id": employee_id}, if_version=one.version) for one in some]
                )
            except PreconditionFailed:
                raise Retryable("a message changed while it was being named") from None
