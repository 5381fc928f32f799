"""Tells the voices of a call apart for who corrects them, without a word of what they say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from shared.call_pipeline.contract import CallMoveBody, CallVoice, CallVoices, VoiceCorrection
from shared.conversations.domain.conversation import Affiliation
from shared.conversations.records import CallRecord, CallRecords, SpeakerCorrection
from shared.conversations.usecases.transcripts import TranscriptStore
from shared.kernel.access import Caller, require
from shared.kernel.errors import Conflict, Rejected
from shared.people.records import EmployeeRecords
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit


class ListVoices:
    """Lists who speaks in a call, and whom each voice is taken for."""

    def __init__(self, records: CallRecords, transcripts: TranscriptStore, audit: Audit) -> None:
        self._records = records
        self._transcripts = transcripts
        self._audit = audit

    def of(self, caller: Caller, record_id: str, noted: Collection[str] = ()) -> CallVoices:
        """Returns a call's voices, those that speak most first; leaves an audit record about everyone whom they name.

        noted: who has a record of this reading already. Raises NotFound, Forbidden.
        """
        require(caller, "calls.move")
        record = self._records.get(record_id)
        said = self._transcripts.conversation(record.source, record.call_id)
        turns = Counter(turn.speaker_id for turn in (said.turns if said else ()) if turn.speaker_id is not None)
        parties = {party.speaker_id: party for party in (said.parties if said else ())}
        taken = {one.speaker_id: one.employee_id for one in record.speakers}
        corrections = {one.speaker_id: one for one in record.corrections}
        items = []
        for speaker_id in sorted({*turns, *corrections}, key=lambda one: (-turns[one], one)):
            party, correction = parties.get(speaker_id), corrections.get(speaker_id)
            items.append(
                CallVoice(
                    speaker_id=speaker_id,
                    name=party.name if party else None,
                    affiliation=(party.affiliation if party else Affiliation.UNKNOWN).value,
                    turns=turns[speaker_id],
                    employee_id=correction.to if correction else taken.get(speaker_id),
                    correction=_shown(correction) if correction else None,
                )
            )
        named = {one.employee_id for one in items if one.employee_id is not None}
        named |= {former for one in items if one.correction for former in one.correction.was}
        self._audit.read(caller, AuditAction.CALL_VIEWED, named.difference(noted), detail=record_id)
        return CallVoices(items=items)


class CheckVoice:
    """Checks that a voice can be somebody's."""

    def __init__(self, transcripts: TranscriptStore, employees: EmployeeRecords) -> None:
        self._transcripts = transcripts
        self._employees = employees

    def under_present_id(self, body: CallMoveBody) -> CallMoveBody:
        """Returns what is said of a voice, with the id that the person has now."""
        named = body.employee_id
        return body if named is None else body.model_copy(update={"employee_id": self._employees.present_id(named)})

    def framework(self, record: CallRecord, body: CallMoveBody) -> str:
        """Returns the framework that the right person is scored by; "" for nobody of ours.

        Raises Rejected for a voice that the call does not have, and for who is no active employee; Conflict where the
        words are gone, and for who is heard with another voice already.
        """
        said = self._transcripts.conversation(record.source, record.call_id)
        if said is None and (record.participants or record.corrections):
            raise Conflict(
                "what was said has been deleted, so nobody else can be scored for it; make the observation void "
                "(POST /api/v1/voids)",
                field="call_id",
            )
        voices = {turn.speaker_id for turn in said.turns} if said else {body.speaker_id}
        if body.speaker_id not in voices:
            raise Rejected(
                f"speaker_id: nobody in this call speaks as {body.speaker_id[:80]!r}; GET /api/v1/calls/"
                f"{record.record_id}/speakers lists who does",
                field="speaker_id",
            )
        if body.employee_id is None:
            return ""
        employee = self._employees.get(body.employee_id)
        if employee is None or not employee.active:
            raise Rejected(f"employee_id: {body.employee_id[:80]!r} is no active employee", field="employee_id")
        heard = [one.speaker_id for one in record.speakers if one.employee_id == body.employee_id]
        if heard and body.speaker_id not in heard:
            raise Conflict(
                f"{body.employee_id} is heard as {heard[0]!r} in this call already; move that voice first",
                field="employee_id",
            )
        return employee.framework_id


def _shown(one: SpeakerCorrection) -> VoiceCorrection:
    return VoiceCorrection(by=one.by, at=one.at, reason=one.reason, was=[former.employee_id for former in one.was])
