"""Takes in what somebody photographed, said or wrote: kept as it came, with what was said of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.evidence.contract import EvidenceTaken
from shared.evidence.domain.evidence_kind import MOST_BYTES, Sent
from shared.evidence.domain.media import TEXT, UNKNOWN, media_type_of
from shared.evidence.records import Evidence, evidence_id_of
from shared.evidence.usecases.keep_evidence import KeepEvidence, require_same
from shared.evidence.usecases.learner_access import LearnerAccess
from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.access import Caller, is_own, require
from shared.kernel.errors import Forbidden, Malformed, Rejected, TooLarge
from shared.people.records import Employee

MOST_COMPETENCIES = 20
FAMILIES = {"photo": ("image/",), "voice": ("audio/", "video/"), "note": (TEXT,)}
ACCEPTED = "a photo (JPEG, PNG, HEIC, WebP, AVIF, GIF), a voice note (MP4, WebM, Ogg, MP3, WAV) or a text"


@dataclass(frozen=True, slots=True)
class Sending:
    """Says of a file what its sender does. bytes, sha256: of what should arrive, where the sender knows it"""

    key: str
    kind: Sent
    employee_id: str | None = None
    captured_at: datetime | None = None
    caption: str | None = None
    competencies: Sequence[str] = ()
    lesson_id: str | None = None
    claimed_type: str | None = None
    bytes: int | None = None
    sha256: str | None = None


class TakeEvidence:
    """Takes evidence in: the own, and what a mentor brings of the own learners."""

    def __init__(
        self,
        keeping: KeepEvidence,
        access: LearnerAccess,
        configuration: Configuration,
    ) -> None:
        self._keeping = keeping
        self._access = access
        self._configuration = configuration

    def take(self, caller: Caller, sending: Sending, content: bytes) -> EvidenceTaken:
        """Keeps what was sent, once for its key.

        Raises Forbidden, also where an enrolled learner has not agreed; NotFound; Malformed for bytes that are not
        those of the sender; TooLarge, Rejected;
        Conflict for other bytes under a key that is known; Retryable.
        """
        learner = self._learner(caller, sending.employee_id)
        digest = _arrived(sending, content)
        sender = caller.employee_id or caller.email
        first = self._keeping.known(sender, sending.key)
        if first is not None:
            require_same(first, digest)
            return _taken(first, "duplicate", [])
        self._access.require_agreed(caller, learner)
        competencies, notices = self._named(learner, sending.competencies)
        media = media_type_of(content)
        item = Evidence(
            evidence_id=evidence_id_of(sender, sending.key),
            employee_id=learner.employee_id,
            recorded_by=sender,
            recorded_role=caller.role or "service",
            kind=sending.kind,
            key=sending.key,
            captured_at=sending.captured_at,
            received_at=self._keeping.now(),
            media_type=media,
            claimed_type=sending.claimed_type,
            bytes=len(content),
            sha256=digest,
            stored_as=None,
            keep_until=None,
            caption=sending.caption,
            competencies=competencies,
            lesson_id=sending.lesson_id,
        )
        kept, new = self._keeping.keep(item, content)
        said = [*notices, *_of_another_kind(sending.kind, media)] if new else []
        return _taken(kept, "kept" if new else "duplicate", said)

    def _learner(self, caller: Caller, employee_id: str | None) -> Employee:
        """Returns whose evidence it is: the caller's own, or that of a learner whose mentor the caller is."""
        require(caller, "learning.own")
        own = caller.employee_id
        if employee_id is not None and not is_own(caller, employee_id):
            return self._access.own_learner(caller, employee_id)
        if own is None:
            raise Forbidden("only who has a record here has evidence; an administrator imports people")
        return self._access.known(own)

    def _named(self, learner: Employee, words: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
        """Returns what evidence is about in the framework's words. A word that it does not know is kept, and told: the
        evidence is worth more than its label."""
        if len(words) > MOST_COMPETENCIES:
            raise Rejected(f"competencies: at most {MOST_COMPETENCIES}; {len(words)} were sent", field="competencies")
        framework = self._configuration.framework(learner.framework_id)
        named = {word: framework.competency_named(word) for word in words}
        notices = [
            f"competencies: {word[:60]!r} is no competency of {framework.framework_id}; it is kept as it came"
            for word, name in named.items()
            if name is None
        ]
        return tuple(dict.fromkeys(name or word for word, name in named.items())), notices


def _arrived(sending: Sending, content: bytes) -> str:
    """Returns the digest of what arrived. Raises Malformed where it is not what was sent, TooLarge, Rejected."""
    if len(content) > MOST_BYTES:
        raise TooLarge(f"a file may have at most {MOST_BYTES} bytes; this one has {len(content)}", field="body")
    if sending.bytes is not None and sending.bytes != len(content):
        raise Malformed(
            f"the upload was cut: {len(content)} of {sending.bytes} bytes arrived; send it again under the same key",
            field="body",
        )
    if not content:
        raise Rejected(f"the file is empty; send the bytes of {ACCEPTED}", field="body")
    digest = hashlib.sha256(content).hexdigest()
    if sending.sha256 is not None and sending.sha256.lower() != digest:
        raise Malformed(
            f"the bytes that arrived are not those that were sent: their SHA-256 is {digest}, announced was "
            f"{sending.sha256[:64]}; send them again under the same key",
            field="sha256",
        )
    return digest


def _of_another_kind(kind: Sent, media: str) -> list[str]:
    if media.startswith(FAMILIES[kind]):
        return []
    what = "what this is no reader here knows" if media == UNKNOWN else f"the bytes are {media}"
    return [f"kind: it was sent as a {kind}, and {what}; it is kept as it came, and is not shown on a page"]


def _taken(item: Evidence, status: str, notices: list[str]) -> EvidenceTaken:
    return EvidenceTaken(
        evidence_id=item.evidence_id,
        status="kept" if status == "kept" else "duplicate",
        sha256=item.sha256,
        content_bytes=item.bytes,
        media_type=item.media_type,
        received_at=item.received_at,
        notices=notices,
    )
