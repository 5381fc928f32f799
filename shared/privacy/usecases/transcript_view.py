"""Shows what was said in the shape of the contract."""

from __future__ import annotations

from shared.privacy.contract import TranscriptAnswer, TranscriptParty, TranscriptTurn
from shared.privacy.usecases.open_transcript import Opened


def view(opened: Opened) -> TranscriptAnswer:
    """Returns an opened call's words, its parties, and the ground on which they are read."""
    call, said = opened.call, opened.conversation
    return TranscriptAnswer(
        record_id=call.record_id,
        source=call.source,
        call_id=call.call_id,
        started_at=said.started,
        ground=opened.ground,
        expires_at=opened.expires_at,
        parties=[
            TranscriptParty(speaker_id=party.speaker_id, name=party.name, affiliation=party.affiliation.value)
            for party in said.parties
        ],
        turns=[
            TranscriptTurn(
                index=index,
                speaker_id=turn.speaker_id,
                start_ms=turn.start_ms,
                end_ms=turn.end_ms,
                text=turn.text,
            )
            for index, turn in enumerate(said.turns)
        ],
    )
