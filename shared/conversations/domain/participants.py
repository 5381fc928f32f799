"""Says who of the employees took part in a call: a score on the wrong person is worse than none.

A party is an employee by e-mail address, or, where the recording gives none, by the recorder's own id of a colleague,
if an earlier call has shown that id beside an address. Nobody is an employee by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shared.conversations.domain.conversation import Affiliation, Turn
from shared.conversations.domain.recorded_call import CallParty, RecordedCall
from shared.kernel.unicode_form import folded


@dataclass(frozen=True, slots=True)
class Participant:
    """An employee in a call.

    speaker_id: joins the person to the turns; None when the recording has not told the voice apart
    spoke:      has at least one turn; who was invited, or sat there in silence, is not scored
    attended:   was there, silent or not, as far as the recording knows: False only for who is shown as invited alone
    """

    employee_id: str
    speaker_id: str | None
    spoke: bool
    attended: bool = True


def addresses(call: RecordedCall, known_users: Mapping[str, str]) -> dict[str, list[CallParty]]:
    """Maps e-mail addresses (lower case) to parties, of all who may be employees: who joined twice is there twice.

    known_users: the recorder's user id → e-mail address
    """
    found: dict[str, list[CallParty]] = {}
    for party in call.parties:
        email = _address(party, known_users)
        if email is not None:
            found.setdefault(email, []).append(party)
    return found


def users_shown(call: RecordedCall) -> dict[str, str]:
    """Returns the recorder's user ids that this call shows beside an address."""
    return {party.user_id: folded(party.email) for party in call.parties if party.user_id and party.email}


def participants(
    call: RecordedCall, turns: Iterable[Turn], employees: Mapping[str, str], known_users: Mapping[str, str]
) -> tuple[Participant, ...]:
    """Returns the employees of a call, by employee id.

    employees: e-mail address → employee id, of the active ones
    """
    words: dict[str | None, int] = {}
    for turn in turns:
        words[turn.speaker_id] = words.get(turn.speaker_id, 0) + len(turn.text.split())
    behind = _people_behind(call, known_users)
    found = []
    for email, parties in addresses(call, known_users).items():
        if email not in employees:
            continue
        # Of somebody who joined twice, the voice that says more.
        voices = [party.speaker_id for party in parties if party.speaker_id is not None]
        voice = max(voices, key=lambda one: words.get(one, 0), default=None)
        found.append(
            Participant(
                employees[email],
                voice,
                # People behind one voice (a shared room) cannot be told apart, so none of them is scored.
                spoke=voice is not None and words.get(voice, 0) > 0 and len(behind[voice]) == 1,
                attended=any(party.attended is not False for party in parties),
            )
        )
    return tuple(sorted(found, key=lambda one: one.employee_id))


def are_untold(call: RecordedCall, turns: Iterable[Turn]) -> bool:
    """Tells whether it may only be that the recorder has not said yet whose the voices are: some are of no party, and
    some colleague or unknown party who may have been there has none."""
    voices = {party.speaker_id for party in call.parties}
    waiting = any(
        party.speaker_id is None and party.attended is not False and party.affiliation is not Affiliation.EXTERNAL
        for party in call.parties
    )
    return waiting and any(turn.speaker_id is not None and turn.speaker_id not in voices for turn in turns)


def _people_behind(call: RecordedCall, known_users: Mapping[str, str]) -> dict[str, set[str]]:
    """Tells who speaks with each voice, colleagues and customers alike, as far as they can be told apart."""
    found: dict[str, set[str]] = {}
    for party in call.parties:
        if party.speaker_id is None:
            continue
        who = _address(party, known_users)
        if who is None and party.affiliation is Affiliation.EXTERNAL:
            who = f"a customer: {party.name or party.party_id}"
        if who is not None:
            found.setdefault(party.speaker_id, set()).add(who)
    return found


def _address(party: CallParty, known_users: Mapping[str, str]) -> str | None:
    email = party.email or known_users.get(party.user_id or "")
    return folded(email) if email else None
