"""Takes one person out of one document, and out of what hangs on it: files of what was said, or of raw input."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from shared.conversations.usecases.transcripts import TranscriptStore
from shared.kernel.records import Record
from shared.people.records import EmployeeRecords
from shared.ports.ambient import Files
from shared.ports.documents import Delete, Document, Documents, Put, Write
from shared.ports.messages import DeadLetters
from shared.ports.warehouse import Warehouse
from shared.privacy.domain.erasure import Erasing, cleaned_document, is_about, is_named, without

_LEAD_TO_EVIDENCE = frozenset({"evidence", "evidence_uploads"})
"""Collections whose documents name bytes in the bucket of evidence, by `stored_as`."""


def _nobodys(_employee_ids: Collection[str]) -> None:
    """Names nobody: everything of a person's says whose it is."""


def _nothing() -> None:
    """Scrubs nothing: the store does so itself."""


@dataclass(frozen=True, slots=True)
class Stores:
    """Everything that holds something of people.

    scrub: overwrites what the stores still hold of what was deleted, where they leave that to the platform. Raises
           Retryable
    name_theirs: writes a person's id into what is theirs and does not say so, before it is looked for. Raises Retryable
    """

    documents: Documents
    employees: EmployeeRecords
    integrations: Documents
    quarantine: Files
    transcripts: TranscriptStore
    evidence: Files
    dead_letters: DeadLetters
    warehouse: Warehouse
    scrub: Callable[[], None] = _nothing
    name_theirs: Callable[[Collection[str]], None] = _nobodys


class _Participant(Record, frozen=True, kw_only=True):
    employee_id: str | None = None
    speaker_id: str | None = None


class _Former(Record, frozen=True, kw_only=True):
    employee_id: str | None = None


class _Correction(Record, frozen=True, kw_only=True):
    speaker_id: str
    to: str | None = None
    was: tuple[_Former, ...] = ()


class _Call(Record, frozen=True, kw_only=True):
    """Holds what tells whose words a call has: a call that is damaged elsewhere keeps nobody's words."""

    source: str
    call_id: str
    employees: tuple[str, ...]
    participants: tuple[_Participant, ...] = ()
    corrected: tuple[_Correction, ...] = ()

    def concerns(self, ids: Collection[str]) -> bool:
        """Tells whether somebody was in the call, or was taken for who spoke in it. ids: all that they have or had"""
        taken = {former.employee_id for one in self.corrected for former in one.was}
        return any(one in self.employees or one in taken for one in ids)


class CleanDocument:
    """Decides document by document. An eraser knows no collection's fields but those that lead to files."""

    def __init__(self, stores: Stores, person: Erasing) -> None:
        self._stores = stores
        self._person = person

    def live(self, collection: str, document: Document) -> Sequence[Write]:
        """Returns what becomes of a document of live state; nothing: it stays as it is. Its file is deleted before."""
        if collection == "quarantine" and self._is_quarantined(document):
            self._stores.quarantine.delete(document.id)
            return [Delete(document.path)]
        if collection in _LEAD_TO_EVIDENCE and is_about(self._person, collection, document.id, document.data):
            stored_as = document.data.get("stored_as")
            if isinstance(stored_as, str):
                self._stores.evidence.delete(stored_as)
        return self._cleaned(collection, document)

    def kept_by_integrations(self, collection: str, document: Document) -> Sequence[Write]:
        """Returns what becomes of a document of the integrations'. The person's words are taken away before."""
        ids, data = self._person.ids, document.data
        if collection == "calls" and (any(one in data.get("employees", ()) for one in ids) or data.get("corrected")):
            call = _Call.read(document)
            if call.concerns(ids):
                self._forget_words(call)
        return self._cleaned(collection, document)

    def _cleaned(self, collection: str, document: Document) -> Sequence[Write]:
        if is_about(self._person, collection, document.id, document.data):
            return [Delete(document.path)]
        cleaned = cleaned_document(self._person, collection, document.data)
        return [] if cleaned is None else [Put(document.path, cleaned, if_version=document.version)]

    def _is_quarantined(self, document: Document) -> bool:
        if is_about(self._person, "quarantine", document.id, document.data):
            return True
        if document.data.get("state") == "discarded":
            return False
        content = self._stores.quarantine.read(document.id)
        # Without its content it is one whose file went before this was cut off.
        return content is None or is_named(self._person, content)

    def _forget_words(self, call: _Call) -> None:
        """Takes the person out of what was said: all of it when nobody else of the organisation took part."""
        source, call_id = call.source, call.call_id
        person, transcripts = self._person, self._stores.transcripts
        if call.employees and {*call.employees} <= {*person.ids}:
            transcripts.forget(source, call_id)
            return
        voices = [one.speaker_id for one in call.participants if one.employee_id in person.ids and one.speaker_id]
        others = [one.speaker_id for one in call.corrected if one.to not in person.ids]
        for one_id in person.ids:
            transcripts.forget_analyses_of(source, call_id, one_id)
        transcripts.forget_exports(source, call_id)
        transcripts.rewrite(source, call_id, lambda said: without(person, said, voices, others), person.masked_json)
