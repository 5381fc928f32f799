"""Builds call records for tests."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from shared.conversations.domain.call_name import record_id
from shared.conversations.records import CallRecord
from shared.ports.documents import Document


def call_record(source: str, call_id: str, started: datetime, **fields: Any) -> CallRecord:
    """Makes the record of a call. fields: as they are stored, of participants and results as well"""
    begun = CallRecord(
        record_id=record_id(source, call_id),
        source=source,
        call_id=call_id,
        started_at=started,
        discovered_at=started,
        updated_at=started,
    )
    return CallRecord.read(Document(f"calls/{begun.record_id}", begun.stored() | fields, ""))


def took_part(employee_id: str, speaker_id: str | None = "1") -> dict[str, Any]:
    """A participant who spoke, as stored."""
    return {
        "employee_id": employee_id, "speaker_id": speaker_id, "spoke": True, "framework_id": "sales_engineering"
    }  # fmt: skip
