"""Tells whether anybody of outside took part in a call: without them it is no field performance, and is not scored.

The recorder's word that a call is internal stands. Otherwise customers are shown by a party of the other side who was
there, or, where somebody speaks whom nobody knows, by what goes with customers: the recorder calls it external, a
record of the CRM is attached, it is a phone call, a person says that the voice is nobody of ours, or there is but one
of ours to talk to. A meeting room is nobody, and so is a machine that takes notes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final

from shared.conversations.domain.conversation import Turn
from shared.conversations.domain.deal_link import is_customer
from shared.conversations.domain.home_domains import is_home
from shared.conversations.domain.recorded_call import CallParty, RecordedCall

ROOM_ADDRESS: Final = "resource.calendar.google.com"
_ROOM: Final = re.compile(r"\b(?:(?:meeting|conference|board|huddle|zoom|teams) ?rooms?|conf\.? ?rooms?)\b", re.I)
_LONGEST_NAME: Final = 200
_NOTES: Final = re.compile(r"\bnote[- ]?takers?\b|\bmeeting (?:notes|assistant|recorder)\b", re.I)
_TAKE_NOTES: Final = frozenset(
    {"avoma.com", "fathom.video", "fireflies.ai", "grain.com", "otter.ai", "read.ai", "recall.ai", "tldv.io"}
)
"""Domains of services that sit in meetings as a guest."""
_BY_PHONE: Final = frozenset({"inbound", "outbound"})


@dataclass(frozen=True, slots=True)
class OurSide:
    """Says who is of ours.

    employees: e-mail addresses, in lower case; home_domains: the company's own
    strangers: voices that a person has said are nobody's of ours
    """

    employees: Collection[str] = ()
    home_domains: frozenset[str] = frozenset()
    strangers: Collection[str] = field(default=())

    def has(self, party: CallParty) -> bool:
        """Tells whether a party is a colleague: by the address, else by what the recorder says."""
        if party.email is None:
            return party.affiliation == "Internal" or (party.user_id is not None and party.affiliation != "External")
        return party.email.lower() in self.employees or not is_customer(party, self.home_domains)


def says_internal(call: RecordedCall) -> bool:
    """Tells whether the recorder itself calls it internal."""
    return (call.scope or "").casefold() == "internal"


def have_customers(call: RecordedCall, turns: Iterable[Turn], ours: OurSide) -> bool:
    """Tells whether anybody of outside took part, as far as the recording shows it."""
    if says_internal(call):
        return False
    heard = {turn.speaker_id for turn in turns}
    there = [party for party in call.parties if party.attended is not False]
    people = [party for party in there if not _is_room(party) and not _takes_notes(party, heard)]
    if any(is_customer(party, ours.home_domains) and not ours.has(party) for party in people):
        return True
    rooms = {party.speaker_id for party in there if _is_room(party)}
    own = {party.speaker_id for party in people if ours.has(party)} - {None}
    unknown = heard - own - rooms
    if not unknown:
        return False
    shown = (
        (call.scope or "").casefold() == "external" or bool(call.crm) or (call.direction or "").casefold() in _BY_PHONE
    )
    return shown or bool(unknown & set(ours.strangers)) or len(own & heard) < 2


def _is_room(party: CallParty) -> bool:
    address = (party.email or "").lower()
    if address.endswith("@" + ROOM_ADDRESS):
        return True
    return not address and party.affiliation != "External" and bool(_ROOM.search((party.name or "")[:_LONGEST_NAME]))


def _takes_notes(party: CallParty, heard: Collection[str | None]) -> bool:
    """Tells whether a party is a silent machine."""
    if party.speaker_id is not None and party.speaker_id in heard:
        return False
    return is_home(party.email or "", _TAKE_NOTES) or bool(_NOTES.search((party.name or "")[:_LONGEST_NAME]))
