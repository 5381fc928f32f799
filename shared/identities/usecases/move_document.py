"""Gives one document the new id in place of the former one, and what hangs on it: files of what was said.

A document that stands under the person's id, or under an id that is made of it, is moved. Where the new id has one of
its own, that one stands and the other goes; states are sets, and become their union, and so does what its capability
says how to unite.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from shared.conversations.usecases.transcripts import TranscriptStore
from shared.identities.domain.moved_data import Moving
from shared.kernel.field_values import FieldValue
from shared.kernel.ids import review_id_of
from shared.kernel.reading import is_document_name
from shared.observations.domain.older_entry import with_receipt
from shared.observations.state_records import States
from shared.people.domain.person_fields import UNDER_THEIR_ID
from shared.people.records import EmployeeRecords
from shared.platform.domain.audit_actions import AuditAction
from shared.ports.documents import Create, Delete, Document, Documents, Put, Write
from shared.ports.warehouse import Warehouse
from shared.privacy.records.access import EscalationRecords, GrantRecords

OWN = frozenset({"erasure_salt", "tombstones", "erasures", "aliases", "moves", "move_looks"})
"""Collections that say who was who, or were cleared of everybody."""
_RAW = frozenset({"quarantine", "dead_letters", "delivery_failures"})
"""Undigested input: it is kept as it came, and is understood when it is taken in again."""
_MOVES = frozenset(
    {
        AuditAction.EMPLOYEE_RENAMED.value,
        AuditAction.EMPLOYEES_MERGED.value,
        AuditAction.EMPLOYEE_ID_RELEASED.value,
    }
)
"""What the audit says with both ids."""


Union = Callable[[Document, Document], dict[str, FieldValue]]
"""Makes one content of what is there under the present id and of what comes to it."""
Naming = Callable[[Mapping[str, FieldValue]], str]
"""Makes a document's id of what it says. Raises KeyError for one that is damaged."""


@dataclass(frozen=True, slots=True)
class Stores:
    """Everything that holds something of people under their ids.

    unions: by collection; namings: by collection, of those whose ids are made of whom they are about
    """

    documents: Documents
    employees: EmployeeRecords
    integrations: Documents
    transcripts: TranscriptStore
    warehouse: Warehouse
    unions: Mapping[str, Union] = field(default_factory=dict)
    namings: Mapping[str, Naming] = field(default_factory=dict)


class MoveDocument:
    """Decides document by document."""

    def __init__(self, stores: Stores, person: Moving) -> None:
        self._stores = stores
        self._person = person

    def live(self, collection: str, document: Document) -> Sequence[Write]:
        """Returns what becomes of a document of live state; nothing: it stays as it is."""
        person, data = self._person, document.data
        if collection in _RAW or (collection == "audit" and data.get("action") in _MOVES):
            return []
        if collection == "states":  # a set of texts, and the ids that the person had
            return self._state(document) if document.id == person.former_id else []
        if collection == "ratings" and document.id == person.former_id:
            return [Delete(document.path, if_version=document.version)]  # rated anew
        if collection == "changes" and data.get("employee_id") == person.former_id:
            # Whoever follows the log has been told that the former id is gone, and to look at the new one.
            return [Delete(document.path, if_version=document.version)]
        if collection == "events" and data.get("employee_id") == person.former_id and "entry" in data:
            # What a receipt is made of says the former id.
            data = data | {"entry": with_receipt(data["entry"], data["message"])}
        return self._moved(self._stores.documents, collection, document, person.data(collection, data))

    def kept_by_integrations(self, collection: str, document: Document) -> Sequence[Write]:
        """Returns what becomes of a document of the integrations'. What was said in a call is moved before."""
        data, person = document.data, self._person
        moved = person.data(collection, data)
        if collection == "calls" and moved != data:
            source, call_id = str(data["source"]), str(data["call_id"])
            self._stores.transcripts.move_analyses(source, call_id, person.former_id, person.employee_id)
            self._stores.transcripts.rewrite(source, call_id, person.conversation, str)
        return self._moved(self._stores.integrations, collection, document, moved)

    def _moved(
        self, store: Documents, collection: str, document: Document, moved: dict[str, FieldValue]
    ) -> Sequence[Write]:
        theirs = collection in UNDER_THEIR_ID and self._person.is_former(document.id)
        own = self._person.employee_id if theirs else document.id
        target = _id_of(collection, own, moved, document.data, self._stores.namings.get(collection))
        if target == document.id:
            return [] if moved == document.data else [Put(document.path, moved, if_version=document.version)]
        path = f"{collection}/{target}"
        gone = Delete(document.path, if_version=document.version)
        there = store.get(path) if is_document_name(target) else None
        unite = self._stores.unions.get(collection)
        if there is not None and unite is not None:
            coming = replace(document, path=path, data=moved)
            return [gone, Put(path, unite(there, coming), if_version=there.version)]
        if there is not None or not is_document_name(target):
            return [gone]
        return [gone, Create(path, moved | _naming(collection, target))]

    def _state(self, document: Document) -> Sequence[Write]:
        """Returns what becomes of what was on its way when the state went."""
        gone = Delete(document.path, if_version=document.version)
        person = States(self._stores.documents).get(self._person.employee_id)
        entries = document.data.get("observations") or {}
        return [gone] if person is None else [gone, States.more(person.employee_id, entries)]


def _id_of(
    collection: str,
    identity: str,
    data: Mapping[str, FieldValue],
    before: Mapping[str, FieldValue],
    naming: Naming | None,
) -> str:
    """Returns under which id a document stands when it says other people."""
    made = _made_id(collection, data, naming)
    return made if made is not None and data != before and made != _made_id(collection, before, naming) else identity


def _made_id(collection: str, data: Mapping[str, FieldValue], naming: Naming | None) -> str | None:
    """Returns the id that is made of whom a document is about; None for one whose id is not."""
    try:
        if naming is not None:
            return naming(data)
        match collection:
            case "reviews":
                return review_id_of(str(data["source"]), str(data["source_id"]), str(data["employee_id"]))
            case "transcript_grants":
                return GrantRecords.id_of(str(data["employee_id"]), str(data["to"]))
            case "escalations":
                return EscalationRecords.id_of(str(data["source"]), str(data["call_id"]), str(data["to"]))
    except (KeyError, TypeError, AttributeError):
        return None  # a damaged one stays where it is
    return None


def _naming(collection: str, identity: str) -> dict[str, str]:
    """Returns the field in which a document repeats its id."""
    names = {"reviews": "review_id", "transcript_grants": "grant_id", "escalations": "escalation_id"}
    return {names[collection]: identity} if collection in names else {}
