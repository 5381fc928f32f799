"""Fetches a file that a learner sent while WhatsApp still has it, and keeps it as evidence: these bytes, or none."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from shared.coaching.domain.conversation import MediaOutcome
from shared.coaching.domain.inbound import InboundMessage, MediaRef
from shared.coaching.ports.messenger import Messenger
from shared.coaching.records.media import KEPT, MediaRecord, MediaRecords
from shared.evidence.domain.evidence_kind import Sent
from shared.evidence.usecases.take_evidence import Sending, TakeEvidence
from shared.kernel.access import Caller
from shared.kernel.errors import Forbidden, Rejected, Retryable

TRIES: Final = 3
"""Addresses that are asked for: one may be stale, the next is new."""
PATIENCE: Final = timedelta(minutes=5)
"""Since the message came: for longer nobody is left without an answer."""
KINDS: Final[dict[str, Sent]] = {"image": "photo", "audio": "voice", "video": "voice", "document": "note"}
"""As what a file is kept; of a document, what its type says decides, and it is kept as it came in any case."""


class KeepMedia:
    """Keeps files. messenger: None where WhatsApp is not connected; taking: made when a file is to be kept"""

    def __init__(self, records: MediaRecords, messenger: Messenger | None, taking: Callable[[], TakeEvidence]) -> None:
        self._records = records
        self._messenger = messenger
        self._taking = taking

    def keep(self, message: InboundMessage, learner: str, received_at: datetime, now: datetime) -> MediaRecord:
        """Keeps the file of a message, once; returns what became of it. Raises Retryable: soon it may succeed."""
        known = self._records.get(message.wamid)
        if known is not None:
            return known
        kind, media = _kind_of(message), message.media
        if kind is None:
            return self._note(message, learner, "unfit", now)
        if media is None:
            return self._note(message, learner, "lost", now)
        try:
            content = self._fetched(media)
        except Rejected:
            return self._note(message, learner, "unfit", now)
        except Retryable:
            if now < received_at + PATIENCE:
                raise
            content = None
        if content is None:
            return self._note(message, learner, "lost", now)
        return self._take(message, learner, kind, content, now)

    def _fetched(self, media: MediaRef) -> bytes | None:
        """Returns the bytes that were sent; None where they cannot be had. Raises Rejected, Retryable."""
        if self._messenger is None:
            return None
        waits = False
        for _ in range(TRIES):
            found = self._messenger.find_media(media.media_id)
            if found is None:
                return None
            content = self._messenger.fetch_media(found)
            waits = content is None
            expected = media.sha256 or found.sha256
            if content is not None and expected in (None, hashlib.sha256(content).hexdigest()):
                return content
        if waits:
            raise Retryable("WhatsApp hands out no address of a file that holds", after_seconds=10)
        return None

    def _take(self, message: InboundMessage, learner: str, kind: Sent, content: bytes, now: datetime) -> MediaRecord:
        caller = Caller(email=learner, role="employee", employee_id=learner)
        media = message.media
        sending = Sending(
            key=f"whatsapp-{message.wamid}",
            kind=kind,
            captured_at=message.at,
            caption=(media.caption if media else "") or None,
            claimed_type=media.mime_type if media else None,
        )
        try:
            taken = self._taking().take(caller, sending, content)
        except Forbidden:
            return self._note(message, learner, "not_agreed", now)
        except Rejected:
            return self._note(message, learner, "unfit", now)
        return self._note(message, learner, "kept", now, taken.evidence_id)

    def _note(
        self,
        message: InboundMessage,
        learner: str,
        outcome: MediaOutcome,
        now: datetime,
        evidence_id: str | None = None,
    ) -> MediaRecord:
        media = message.media
        record = MediaRecord(
            wamid=message.wamid,
            employee_id=learner,
            media_id=media.media_id if media else None,
            sha256=media.sha256 if media else None,
            caption=media.caption if media and outcome in ("lost", "unfit") else "",
            kind=message.kind,
            outcome=outcome,
            evidence_id=evidence_id,
            sent_at=message.at,
            noted_at=now,
            expires_at=now + KEPT,
        )
        self._records.put(record)
        return record


def _kind_of(message: InboundMessage) -> Sent | None:
    """Returns as what a file is kept; None for what is no file."""
    kind, media = KINDS.get(message.kind), message.media
    if kind != "note" or media is None:
        return kind
    family = media.mime_type.partition("/")[0]
    return KINDS.get(family, "note")
