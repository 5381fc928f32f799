"""Says whose the voices of a call are, where a person has corrected what the recording says.

The parties of a corrected voice give way to one with the right person's address, so that whoever looks for people
finds them where they always do. Nothing is learnt from a corrected party about the recorder's ids.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from shared.conversations.domain.conversation import Affiliation, Conversation, Party
from shared.conversations.domain.recorded_call import CallParty, RecordedCall

Voices = Mapping[str, str | None]
"""Speaker id → employee id, which is the address; None: nobody of ours."""


def conversation_of(conversation: Conversation, voices: Voices) -> Conversation:
    """Returns the conversation with the corrected people as its parties; the same one where they are already."""
    parties = [one for one in conversation.parties if one.speaker_id not in voices]
    known = {one.speaker_id: one for one in conversation.parties if one.speaker_id in voices}
    for speaker_id, email in sorted(voices.items()):
        party = known.get(speaker_id)
        named = party is not None and party.email in (None, email)
        parties.append(Party(speaker_id, party.name if party and named else None, email, _side(email)))
    changed = replace(conversation, parties=tuple(parties))
    return conversation if set(changed.parties) == set(conversation.parties) else changed


def call_of(call: RecordedCall, voices: Voices) -> RecordedCall:
    """Returns the recorded call with the corrected people as its parties."""
    parties = [one for one in call.parties if one.speaker_id not in voices]
    parties += [
        CallParty(speaker_id=speaker_id, email=email, affiliation=_side(email), attended=True)
        for speaker_id, email in sorted(voices.items())
    ]
    return replace(call, parties=tuple(parties)) if voices else call


def _side(email: str | None) -> Affiliation:
    return Affiliation.UNKNOWN if email is None else Affiliation.INTERNAL
