"""Tells what stands between somebody and a call's words: on what ground they read them, or what they would need."""

from __future__ import annotations

from dataclasses import dataclass

from shared.call_pipeline.usecases.call_sight import CallSight
from shared.conversations.domain.call_name import CallName
from shared.conversations.records import CallRecords
from shared.kernel.access import Caller
from shared.kernel.errors import Forbidden
from shared.privacy.domain.transcript_ground import Ground
from shared.privacy.usecases.transcript_grounds import TranscriptGrounds
from shared.privacy.usecases.whom_to_ask import Askable, WhomToAsk


@dataclass(frozen=True, slots=True)
class Door:
    """Says what is known before the words are opened.

    call:    what it is called; None where the caller may see neither the call nor its words
    ground:  None: the caller may not read, and then `refused` says what is needed, and `asks` who can give it
    sees:    the caller may see the call itself
    """

    call: CallName | None
    ground: Ground | None
    sees: bool
    refused: str = ""
    asks: Askable | None = None


class TranscriptDoor:
    """Stands before transcripts; leaves no record, since nothing is shown yet."""

    def __init__(self, calls: CallRecords, sight: CallSight, grounds: TranscriptGrounds, asking: WhomToAsk) -> None:
        self._calls = calls
        self._sight = sight
        self._grounds = grounds
        self._asking = asking

    def before(self, caller: Caller, record_id: str) -> Door:
        """Returns what stands before a call's words. Raises NotFound."""
        call = self._calls.get(record_id)
        sees = self._sight.sees(caller, call)
        try:
            return Door(call.name, self._grounds.of(caller, call), sees)
        except Forbidden as problem:
            asks = self._asking.about(caller, call)
            return Door(call.name if sees else None, None, sees, problem.detail, asks)
