"""Makes the webhooks that WhatsApp posts, of our own making, in its shapes."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shared.kernel.json_values import Json, JsonObject

ACCOUNT_ID: Final = "900100200"
DISPLAYED: Final = "441632960990"


@dataclass(frozen=True, slots=True)
class Writer:
    """Somebody who has WhatsApp: with a phone number, a business-scoped user id, or both."""

    phone: str | None = None
    user_id: str | None = None
    username: str | None = None

    @property
    def name(self) -> str:
        """Returns by what the business addresses them."""
        return self.phone or self.user_id or ""


def body(number_id: str, field: str, **value: Json) -> bytes:
    """Returns a webhook of one change."""
    metadata = {"display_phone_number": DISPLAYED, "phone_number_id": number_id}
    change = {"field": field, "value": {"messaging_product": "whatsapp", "metadata": metadata, **value}}
    whole = {"object": "whatsapp_business_account", "entry": [{"id": ACCOUNT_ID, "changes": [change]}]}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def contact_of(writer: Writer) -> JsonObject:
    """Returns what stands beside a message of somebody."""
    profile = {"name": "Somebody", **({"username": writer.username} if writer.username else {})}
    ids = {"wa_id": writer.phone, "user_id": writer.user_id}
    return {"profile": profile, **{name: value for name, value in ids.items() if value}}


def message_of(writer: Writer, wamid: str, at: datetime, kind: str, **content: Json) -> JsonObject:
    """Returns a message of somebody."""
    ids = {"from": writer.phone, "from_user_id": writer.user_id}
    about = {"id": wamid, "timestamp": str(int(at.timestamp())), "type": kind}
    return {**{name: value for name, value in ids.items() if value}, **about, **content}


def messages(number_id: str, writer: Writer, sent: JsonObject) -> bytes:
    """Returns a webhook of one message."""
    return body(number_id, "messages", contacts=[contact_of(writer)], messages=[sent])


def status_of(recipient: Writer, wamid: str, word: str, at: datetime, tracker: str | None, **more: Json) -> JsonObject:
    """Returns what is told of a message of the business's."""
    ids = {"recipient_id": recipient.phone, "recipient_user_id": recipient.user_id}
    named = {"biz_opaque_callback_data": tracker} if tracker else {}
    about = {"id": wamid, "status": word, "timestamp": str(int(at.timestamp()))}
    return {**about, **{name: value for name, value in ids.items() if value}, **named, **more}


def statuses(number_id: str, recipient: Writer, told: JsonObject) -> bytes:
    """Returns a webhook of one status; of a failure WhatsApp does not say beside it whom it is about."""
    beside = {} if told.get("status") == "failed" else {"contacts": [contact_of(recipient)]}
    return body(number_id, "messages", **beside, statuses=[told])


def signature(app_secret: str, raw: bytes) -> str:
    """Returns the header's value for a body."""
    return "sha256=" + hmac.new(app_secret.encode(), raw, hashlib.sha256).hexdigest()
