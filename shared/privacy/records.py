"""Keeps what privacy stores: the only place that names its collections and their fields.

erasures/<run id>   one person's erasure: its state, how far it is, what it did so far
"""

from __future__ import annotations

from shared.kernel.reading import is_document_name
from shared.ports.documents import Documents


class ErasureRecords:
    """Reads and writes erasures."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def is_running(self, run_id: str) -> bool:
        """Tells whether an erasure has not finished."""
        document = self._documents.get(f"erasures/{run_id}") if is_document_name(run_id) else None
        return document is not None and document.data["state"] != "finished"
