"""Finds out who of an e-mail thread's parties are employees, and who of them has been erased."""

from __future__ import annotations

from collections.abc import Collection

from shared.conversations.domain.conversation import Conversation
from shared.conversations.domain.home_domains import is_home
from shared.conversations.records import CallParticipant
from shared.kernel.reading import is_document_name
from shared.people.records import EmployeeRecords
from shared.platform.records.tombstones import Tombstones
from shared.ports.documents import Documents
from shared.privacy.domain.erasure import REMOVED, Erasing, without


class ThreadPeople:
    """Looks people up for threads, in which an address is a voice."""

    def __init__(self, live: Documents) -> None:
        self._employees = EmployeeRecords(live)
        self._tombstones = Tombstones(live)

    def of_others(self, thread: Conversation) -> Conversation:
        """Returns the thread without who has been erased: mailboxes go on to hold what they wrote."""
        names = {party.email.lower(): party.name for party in thread.parties if party.email}
        for email in sorted(self._tombstones.among(names)):
            thread = without(Erasing(email, REMOVED, names[email]), thread)
        return thread

    def writers(self, thread: Conversation) -> tuple[CallParticipant, ...]:
        """Returns the active employees who wrote, by id; of a thread whose words are not read yet, the senders."""
        voices = {turn.speaker_id for turn in thread.turns if turn.text.strip()}
        voices |= {party.speaker_id for party in thread.parties if not thread.turns} - {None}
        addresses = _addresses(thread)
        known = self._employees.found(addresses)
        # Of somebody who wrote from a former address, too, the one that they have now is heard.
        wrote = {
            one.employee_id: (one, addresses[address])
            for address, one in sorted(known.items(), key=lambda item: item[0] == item[1].employee_id)
            if one.active and addresses[address] in voices
        }
        return tuple(
            CallParticipant(employee_id=employee_id, speaker_id=voice, spoke=True, framework_id=one.framework_id)
            for employee_id, (one, voice) in sorted(wrote.items())
        )

    def know_one_of_ours(self, thread: Conversation) -> bool:
        """Tells whether an active employee is among those who wrote or were written to."""
        return any(one.active for one in self._employees.found(_addresses(thread)).values())

    def have_outsiders(self, thread: Conversation, home_domains: Collection[str]) -> bool:
        """Tells whether anybody is no employee, present or former, and writes from no domain of the company's own."""
        outside = {address for address in _addresses(thread) if not is_home(address, home_domains)}
        return bool(outside - self._employees.found(outside).keys())


def _addresses(thread: Conversation) -> dict[str, str | None]:
    """Returns whose voices are whose, by address."""
    return {
        party.email.lower(): party.speaker_id
        for party in thread.parties
        if party.email and is_document_name(party.email.lower())
    }
