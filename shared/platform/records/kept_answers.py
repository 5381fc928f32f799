"""Keeps what requests with an Idempotency-Key were answered.

idempotency_keys/<digest of the caller and the key>   one request, and its answer once there is one
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from shared.kernel.ids import digest
from shared.kernel.records import Record, Versioned
from shared.ports.documents import AlreadyExists, Create, Delete, Documents, PreconditionFailed, Put, Transaction


class KeptAnswer(Record, frozen=True, kw_only=True):
    """One request under a key. fingerprint: of what was sent; status: None while it runs; body: as it was sent

    body is plain text, so that an erasure finds whom it names. withheld: it showed a secret, and is not kept
    """

    caller: str
    fingerprint: str
    started_at: datetime
    expires_at: datetime
    status: int | None = None
    headers: Mapping[str, str] = {}
    body: str = ""
    withheld: bool = False


class KeptAnswers:
    """Reads and writes kept answers, each under the digest of who sent the key and the key."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def get(self, caller: str, key: str) -> Versioned[KeptAnswer] | None:
        """Returns what there is under a caller's key, whether or not it has expired."""
        document = self._documents.get(_path(caller, key))
        return None if document is None else Versioned(KeptAnswer.read(document), document.version)

    def begin(self, key: str, answer: KeptAnswer, *, over: str | None = None) -> bool:
        """Notes that a request runs; False where another is under the key. over: the stamp of one that is over"""
        path, stored = _path(answer.caller, key), answer.stored()
        try:
            self._documents.commit([Create(path, stored) if over is None else Put(path, stored, over)])
        except (AlreadyExists, PreconditionFailed):
            return False
        return True

    def answered(self, key: str, answer: KeptAnswer) -> None:
        """Writes the answer of a request that ran, unless another has been answered under its key. Raises Retryable."""

        def work(transaction: Transaction) -> None:
            held = self._kept(transaction, answer.caller, key)
            if held is None or held.status is None or held.started_at == answer.started_at:
                transaction.write(Put(_path(answer.caller, key), answer.stored()))

        self._documents.transact(work)

    def failed(self, key: str, begun: KeptAnswer) -> None:
        """Forgets a key with the request that ran under it, unless another runs under it by now, since it took longer
        than it was given. Raises Retryable."""

        def work(transaction: Transaction) -> None:
            held = self._kept(transaction, begun.caller, key)
            if held is not None and held.started_at == begun.started_at:
                transaction.write(Delete(_path(begun.caller, key)))

        self._documents.transact(work)

    @staticmethod
    def _kept(transaction: Transaction, caller: str, key: str) -> KeptAnswer | None:
        document = transaction.get(_path(caller, key))
        return None if document is None else KeptAnswer.read(document)


def _path(caller: str, key: str) -> str:
    return f"idempotency_keys/{digest('idempotency-key', caller, key)}"
