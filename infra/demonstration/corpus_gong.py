"""A staged call as Gong answers: `POST /v2/calls/extensive` and `POST /v2/calls/transcript`.

As there, ids are strings of 18 to 20 digits, what is not known is absent rather than null, a party has `speakerId` only
when they spoke and `userId` only when they are a colleague, and the CRM's values have mixed types.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from infra.demonstration.corpus import Part
from infra.demonstration.corpus_staging import StagedCall, digits
from infra.demonstration.gong_payloads import (
    Body,
    Call,
    CallParty,
    CallTranscript,
    CrmObject,
    CrmSystem,
    MetaData,
)
from shared.conversations.domain.conversation import Affiliation
from shared.conversations.domain.recorded_call import CrmValue
from shared.kernel import moments
from shared.kernel.json_values import Json, JsonObject

WORKSPACE_ID = "623457276584334001"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_PREFIX = {"Opportunity": "006", "Account": "001", "Contact": "003"}


def user_id(email: str) -> str:
    """Derives the recording system's id of a colleague from the address."""
    return digits(18, "user", email)


def crm_id(kind: str, name: str) -> str:
    """Makes an id of 18 characters in the CRM's manner: three for the kind, twelve of its own, three of checksum."""
    number = int(hashlib.sha256(f"{kind}\n{name}".encode()).hexdigest(), 16)
    own = ""
    for _ in range(12):
        number, left = divmod(number, len(_LETTERS))
        own += _LETTERS[left]
    key = _PREFIX[kind] + own
    # The checksum marks which characters are upper case, five at a time, as Salesforce defines it.
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    chunks = (key[start : start + 5] for start in (0, 5, 10))
    return key + "".join(alphabet[sum(char.isupper() << place for place, char in enumerate(one))] for one in chunks)


def extensive_call(staged: StagedCall) -> Call:
    """Makes one entry of `calls`."""
    script = staged.script
    lead = next(part for part in script.parts if part.employee == "seller")
    started = moments.text(staged.started)
    host = staged.employee(lead)
    about: MetaData = {
        "id": staged.call_id,
        "url": f"https://app.gong.io/call?id={staged.call_id}",
        "title": staged.filled(script.title),
        "scheduled": started,
        "started": started,
        "duration": staged.duration_seconds,
        "primaryUserId": (host and host.user_id) or user_id(host.email if host else ""),
        "direction": "Conference",
        "system": "Zoom",
        "scope": "External",
        "media": "Video",
        "language": "eng",
        "workspaceId": WORKSPACE_ID,
        "isPrivate": False,
    }
    return {"metaData": about, "context": _context(staged), "parties": [_party(staged, one) for one in script.parts]}


def transcript_of(staged: StagedCall) -> CallTranscript:
    """Makes one entry of `callTranscripts`."""
    monologues: list[JsonObject] = []
    for one in staged.monologues:
        monologue: dict[str, Json] = {}
        if one.speaker_id is not None:
            monologue["speakerId"] = one.speaker_id
        if one.topic is not None:
            monologue["topic"] = one.topic
        monologue["sentences"] = [{"start": s.start_ms, "end": s.end_ms, "text": s.text} for s in one.sentences]
        monologues.append(monologue)
    return {"callId": staged.call_id, "transcript": monologues}


def extensive_answer(calls: Sequence[StagedCall]) -> Body:
    """Makes the whole answer to `POST /v2/calls/extensive`, on one page."""
    return {**_page(calls), "calls": [extensive_call(one) for one in calls]}


def transcript_answer(calls: Sequence[StagedCall]) -> Body:
    """Makes the whole answer to `POST /v2/calls/transcript`, on one page."""
    return {**_page(calls), "callTranscripts": [transcript_of(one) for one in calls]}


def _page(calls: Sequence[StagedCall]) -> Body:
    name = hashlib.sha256("\n".join(one.call_id for one in calls).encode()).hexdigest()[:19]
    return {
        "requestId": name,
        "records": {"totalRecords": len(calls), "currentPageSize": len(calls), "currentPageNumber": 0},
    }


def _party(staged: StagedCall, part: Part) -> CallParty:
    employee = staged.employee(part)
    party: CallParty = {
        "id": digits(18, staged.call_id, "party", part.key),
        "affiliation": part.affiliation.value,
        "methods": [*(["Invitee"] if part.invited else []), *(["Attendee"] if part.attended else [])],
    }
    email = staged.email(part)
    if email is not None:
        party["emailAddress"] = email
    name = staged.name(part)
    if name is not None:
        party["name"] = name
    if part.title is not None:
        party["title"] = part.title
    if employee is not None:
        party["userId"] = employee.user_id or user_id(employee.email)
    if staged.speaks(part.key):
        party["speakerId"] = staged.speaker_id(part.key)
    if part.affiliation is Affiliation.EXTERNAL and email is not None:
        party["context"] = [_system([_object("Contact", email, [("Title", part.title)])])]
    return party


def _context(staged: StagedCall) -> list[CrmSystem]:
    deal = staged.script.deal
    objects = []
    for kind, fields in deal.crm.items():
        named = [] if any(name == "Name" for name, _ in fields) else [("Name", deal.account)]
        objects.append(_object(kind, deal.account, [*named, *fields]))
    return [_system(objects)] if objects else []


def _system(objects: list[CrmObject]) -> CrmSystem:
    return {"system": "Salesforce", "objects": objects}


def _object(kind: str, name: str, fields: Sequence[tuple[str, CrmValue]]) -> CrmObject:
    return {
        "objectType": kind,
        "objectId": crm_id(kind, name),
        "fields": [{"name": key, "value": value} for key, value in fields],
        "timing": "Now",
    }
