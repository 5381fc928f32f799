"""Webhooks of WhatsApp's in JSON, of our own making."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

NUMBER = "300200100"
KIT, KITS_USER = "447700900461", "GB.24680"
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def seconds(after: int = 0) -> str:
    return str(int(NOON.timestamp()) + after)


def change(field: str, **value: Any) -> dict[str, Any]:
    metadata = {"display_phone_number": "441632960999", "phone_number_id": NUMBER}
    return {"field": field, "value": {"messaging_product": "whatsapp", "metadata": metadata, **value}}


def body(*changes: dict[str, Any]) -> bytes:
    entry = [{"id": "700", "changes": [one]} for one in changes]
    return json.dumps({"object": "whatsapp_business_account", "entry": entry}).encode()


def contact(phone: str | None = KIT, user: str | None = None, **profile: str) -> dict[str, Any]:
    ids = {"wa_id": phone, "user_id": user}
    return {"profile": {"name": "Kit", **profile}, **{name: one for name, one in ids.items() if one}}


def message(wamid: str, kind: str = "text", *, after: int = 0, **fields: Any) -> dict[str, Any]:
    """A message of Kit's phone; `sender=None` leaves who it is from to `fields`."""
    sender = fields.pop("sender", KIT)
    if kind == "text" and "text" not in fields:
        fields["text"] = {"body": "quiz me"}
    said = {"id": wamid, "timestamp": seconds(after), "type": kind, **fields}
    return said if sender is None else {"from": sender, **said}


def messages(*sent: dict[str, Any], contacts: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return change("messages", contacts=[contact()] if contacts is None else contacts, messages=list(sent))


def texts(*said: tuple[str, str], sender: str = KIT) -> bytes:
    """A body with one text after the other: (wamid, text)."""
    listed = [message(w, after=n, sender=sender, text={"body": t}) for n, (w, t) in enumerate(said)]
    return body(messages(*listed, contacts=[contact(sender)]))


def status(wamid: str, word: str, after: int = 0, **fields: Any) -> dict[str, Any]:
    return {"id": wamid, "status": word, "timestamp": seconds(after), "recipient_id": KIT, **fields}


def statuses(*told: dict[str, Any]) -> dict[str, Any]:
    return change("messages", statuses=list(told))
