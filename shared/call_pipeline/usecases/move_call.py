"""Moves somebody's part in a call to the right person: a voice was taken for the wrong employee, or for nobody.

The correction stands on the call's record, which every later analysis honours. Its one commit is the whole decision:
what follows from it is done again by the same request until it is complete, and before the next correction of the call.
"""

from __future__ import annotations

from shared.call_pipeline.contract import CallMoveBody
from shared.call_pipeline.usecases.call_voices import CheckVoice
from shared.call_pipeline.usecases.follow_move import FollowMove
from shared.conversations.domain.analysis_version import MOST_ANALYSES
from shared.conversations.domain.call_state import OVER
from shared.conversations.records import (
    CallParticipant,
    CallRecord,
    CallRecords,
    FormerSpeaker,
    SpeakerCorrection,
)
from shared.kernel.access import Caller, require
from shared.kernel.errors import Conflict
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ports.ambient import Clock

MOST_CORRECTED = 50
"""Voices of one call."""


class MoveCall:
    """Takes a person's word for whose a voice is."""

    def __init__(
        self, records: CallRecords, voices: CheckVoice, following: FollowMove, audit: Audit, clock: Clock
    ) -> None:
        self._records = records
        self._voices = voices
        self._following = following
        self._audit = audit
        self._clock = clock

    def move(self, caller: Caller, record_id: str, body: CallMoveBody) -> CallRecord:
        """Returns the record afterwards. Saying the same again changes nothing, and completes what a crash left.

        Raises Forbidden, NotFound, Rejected, Retryable; Conflict for a private call, one that is being analysed, one
        whose words are gone, and for who is heard with another voice.
        """
        require(caller, "calls.move")
        body = self._voices.under_present_id(body)
        known = self._records.get(record_id)
        self._following.follow(caller, known)
        holder = _holder(known, body.speaker_id)
        if holder == body.employee_id and (holder is not None or body.speaker_id in known.voices):
            return known
        _check_state(known)
        framework_id = self._voices.framework(known, body)
        if holder == body.employee_id:
            return known  # a customer's voice, which nobody takes for one of ours
        said = self._said(caller, body)
        concerned = [one for one in (holder, body.employee_id) if one is not None]
        self._audit.record_about(caller, AuditAction.CALL_MOVED, concerned, detail=f"{record_id}: {body.reason}")

        def correct(current: CallRecord) -> CallRecord:
            if (current.analysis, current.corrections) != (known.analysis, known.corrections):
                raise Conflict("the call changed meanwhile; look at it again", field="call_id")
            _check_state(current)
            return _corrected(current, said, framework_id)

        record, _ = self._records.change(record_id, correct)
        self._following.follow(caller, record)
        return record

    def _said(self, caller: Caller, body: CallMoveBody) -> SpeakerCorrection:
        return SpeakerCorrection(
            speaker_id=body.speaker_id,
            to=body.employee_id,
            was=(),
            by=caller.employee_id or caller.email,
            at=self._clock.now(),
            reason=body.reason,
        )


def _check_state(record: CallRecord) -> None:
    if record.state == "private":
        raise Conflict("the recorder marks this call as private; it is not analysed", field="call_id")
    if record.state not in OVER:
        raise Conflict(f"this call is being analysed: it is {record.state}; send the same again later", field="call_id")
    if record.analysis + 1 >= MOST_ANALYSES or len(record.corrections) >= MOST_CORRECTED:
        raise Conflict("this call has been analysed or corrected the most times", field="call_id")


def _holder(record: CallRecord, speaker_id: str) -> str | None:
    """Returns whose a voice is taken to be."""
    speaking = {one.speaker_id: one.employee_id for one in record.speakers}
    return record.voices.get(speaker_id, speaking.get(speaker_id))


def _corrected(record: CallRecord, said: SpeakerCorrection, framework_id: str) -> CallRecord:
    """Returns the record at the beginning of its next analysis, without the wrong person and with the right one."""
    wrong, right = _holder(record, said.speaker_id), said.to
    posted = {one.employee_id: one.observation_id for one in record.observations}
    before = [one for known in record.corrections if known.speaker_id == said.speaker_id for one in known.was]
    if wrong is not None:
        before.append(FormerSpeaker(employee_id=wrong, observation_id=posted.get(wrong)))
    was = {one.employee_id: one for one in before if one.employee_id != right}
    others = [known for known in record.corrections if known.speaker_id != said.speaker_id]
    gone = {wrong, right}
    participants = [one for one in record.participants if one.employee_id not in gone]
    if right is not None and record.participants:
        # Where nothing has been fetched, fetching finds the right person.
        participants.append(
            CallParticipant(employee_id=right, speaker_id=said.speaker_id, spoke=True, framework_id=framework_id)
        )
    return record.changed(
        corrected=(*others, said.changed(was=tuple(was.values()))),
        participants=tuple(sorted(participants, key=lambda one: one.employee_id)),
        employees=tuple(sorted({*record.employees} - {wrong} | ({right} if right else set()))),
        observations=tuple(one for one in record.observations if one.employee_id not in gone),
        state="discovered",
        analysis=record.analysis + 1,
        route="immediate",
        tries=0,
        rounds=0,
        last_error=None,
    )
