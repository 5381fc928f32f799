"""The demonstration's WhatsApp: the apprentices' and mentors' phones, and what carries between them and the platform.

What somebody writes on a phone goes as a signed webhook to the platform's own address, as WhatsApp posts it; what the
coach writes comes over the interface that stands for WhatsApp's. A page of phones shows both (phone_page.py).
"""

from __future__ import annotations

import base64
import binascii
import http.client
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from secrets import token_hex, token_urlsafe
from threading import Event, Lock, Thread
from typing import Final
from urllib.parse import urlsplit

from infra.coaching.shipped_templates import shipped_templates
from infra.declarations.whatsapp_settings import WHATSAPP_PATH
from infra.demonstration import apprentices
from infra.demonstration.intent_answerer import IntentAnswerer
from infra.demonstration.whatsapp_interface import Taken, Template, WhatsAppInterface
from infra.demonstration.whatsapp_payloads import Writer
from infra.demonstration.whatsapp_server import Webhooks, WhatsAppServer
from shared.coaching.domain.templates import ShippedTemplate
from shared.kernel.json_values import Json, JsonObject

EVERY: Final = 0.3
"""Seconds between looks for webhooks that are owed."""
MOST_SHOWN: Final = 200
MOST_TEXT: Final = 4_096
MOST_PHOTO: Final = 5_000_000
FIRST_NUMBER: Final = 447_700_900_100
"""Numbers of Ofcom's for drama: nobody has one."""


class Unfit(ValueError):
    """Says what a phone cannot send."""


@dataclass(frozen=True, slots=True)
class Sent:
    """Holds what somebody wrote on a phone."""

    who: str
    text: str
    at: datetime


def phone_of(name: str) -> str:
    """Returns an apprentice's or a mentor's number: digits with the country's code."""
    return str(FIRST_NUMBER + (*apprentices.APPRENTICES, *apprentices.MENTORS).index(name))


class Phones:
    """Holds the phones and the interface. settings: what the platform is told of it

    model: stands for the language model, which may be switched off; None where none is connected
    """

    def __init__(self, model: IntentAnswerer | None = None) -> None:
        self.model = model
        self._token, self._secret = token_urlsafe(24), token_urlsafe(24)
        self.interface = WhatsAppInterface(token=self._token, mark=token_hex(6))
        for one in shipped_templates().by_about.values():
            places = sum(f"{{{{{place}}}}}" in one.body for place in range(1, 10))
            self.interface.templates[one.name, one.language] = Template(one.category.upper(), places)
        self._server = WhatsAppServer(self.interface)
        self._written: list[Sent] = []
        self._lock, self._ended = Lock(), Event()
        self.settings: Mapping[str, str] = {
            "AUGMENT_WHATSAPP_NUMBER_ID": self.interface.number_id,
            "AUGMENT_WHATSAPP_URL": self._server.base_url,
            "SECRET_WHATSAPP_ACCESS": self._token,
            "SECRET_WHATSAPP_APP_SECRET": self._secret,
            "SECRET_WHATSAPP_VERIFY_TOKEN": token_urlsafe(24),
        }

    def start(self) -> None:
        """Begins to answer as WhatsApp."""
        self._server.start()

    def stop(self) -> None:
        """Ends."""
        self._ended.set()
        self._server.stop()

    def go_on(self, api: str) -> None:
        """Goes on posting to the platform what is owed. api: its address"""
        Thread(target=self._go_on, args=(api,), name="whatsapp-webhooks", daemon=True).start()

    def people(self) -> list[JsonObject]:
        """Returns whose phones there are."""
        return [
            {"name": name, "phone": phone_of(name), "role": role}
            for role, names in (("apprentice", apprentices.APPRENTICES), ("mentor", apprentices.MENTORS))
            for name in names
        ]

    def switch_model(self, on: bool) -> None:
        """Lets the language model choose among intents, or not. Raises Unfit where none is connected."""
        if self.model is None:
            raise Unfit("model: none is connected")
        self.model.on = on

    def write(self, who: str, text: str) -> None:
        """Sends a text from a phone. Raises Unfit."""
        words = text.strip()
        if not words or len(words) > MOST_TEXT:
            raise Unfit(f"text: must have 1 to {MOST_TEXT} characters")
        self._note(who, words)
        self.interface.write(_writer(who), text=words)

    def press(self, who: str, payload_id: str, title: str, kind: str) -> None:
        """Presses what the coach offers. kind: button, list or template. Raises Unfit."""
        if not title or len(title) > 200 or len(payload_id) > 300:
            raise Unfit("title: must have 1 to 200 characters, payload_id at most 300")
        self._note(who, title)
        if kind == "template":
            self.interface.write(_writer(who), "button", button={"payload": payload_id, "text": title})
            return
        which = "list_reply" if kind == "list" else "button_reply"
        reply: JsonObject = {"id": payload_id, "title": title}
        self.interface.write(_writer(who), "interactive", interactive={"type": which, which: reply})

    def photograph(self, who: str, encoded: str, caption: str) -> None:
        """Sends a photo. encoded: in base64. Raises Unfit."""
        if len(encoded) > MOST_PHOTO * 4 // 3 + 4:
            raise Unfit(f"photo: must have at most {MOST_PHOTO:,} bytes")
        try:
            content = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            raise Unfit("photo: must be base64") from None
        self._note(who, f"[photo] {caption[:500]}".strip())
        self.interface.photograph(_writer(who), content, caption=caption[:500])

    def seen_by(self, who: str) -> list[JsonObject]:
        """Returns what a phone shows, in order; only the newest of a long conversation."""
        phone = _writer(who).phone
        with self._lock:
            own = [(one.at, 0, _mine(one)) for one in self._written if one.who == phone]
        coach = [(one.at, 1, _coachs(one)) for one in list(self.interface.taken) if one.to == phone]
        return [one for _, _, one in sorted([*own, *coach], key=lambda one: one[:2])][-MOST_SHOWN:]

    def _note(self, who: str, text: str) -> None:
        phone = _writer(who).phone
        with self._lock:
            self._written.append(Sent(phone or "", text, datetime.now(UTC)))

    def _go_on(self, api: str) -> None:
        webhooks = Webhooks(self.interface, self._secret, lambda raw, signed: _post(api, raw, signed))
        while not self._ended.wait(EVERY):
            if self.interface.owed:
                try:
                    webhooks.deliver(rounds=3)
                except (OSError, http.client.HTTPException):  # it starts, or ends: what is owed is lost with it
                    continue


def _writer(who: str) -> Writer:
    """Returns whose phone it is. Raises Unfit for nobody's."""
    known = [phone_of(name) for name in (*apprentices.APPRENTICES, *apprentices.MENTORS)]
    if who not in known:
        raise Unfit("who: is no number of the demonstration's")
    return Writer(phone=who)


def _mine(one: Sent) -> JsonObject:
    return {"mine": True, "text": one.text, "at": one.at.isoformat(), "buttons": []}


def _coachs(one: Taken) -> JsonObject:
    text, kind, buttons = one.text, "button", list[Json]()
    if one.kind == "template":
        shipped = _shipped(one)
        if shipped is not None:
            text, kind = _filled(shipped.body, one), "template"
            buttons = [] if shipped.button is None else [{"id": shipped.button, "title": shipped.button}]
    elif one.kind == "interactive":
        kind, buttons = _offered(one.content)
    shown: JsonObject = {"mine": False, "text": text, "at": one.at.isoformat(), "kind": kind, "buttons": buttons}
    return {**shown, "template": one.kind == "template", "category": one.category}


def _shipped(one: Taken) -> ShippedTemplate | None:
    name = object_of(one.content.get("template")).get("name")
    return next((known for known in shipped_templates().by_about.values() if known.name == name), None)


def _filled(body: str, one: Taken) -> str:
    """Returns a template's words with its values."""
    for place, value in enumerate(_values(one), 1):
        body = body.replace(f"{{{{{place}}}}}", value)
    return body


def _values(one: Taken) -> Sequence[str]:
    template = object_of(one.content.get("template"))
    parts = objects_of(template.get("components"))
    return [str(value.get("text", "")) for part in parts for value in objects_of(part.get("parameters"))]


def _offered(content: JsonObject) -> tuple[str, list[Json]]:
    """Returns what can be pressed of a message: buttons, or a list's rows."""
    action = object_of(object_of(content.get("interactive")).get("action"))
    sections = objects_of(action.get("sections"))
    if sections:
        rows = [row for section in sections for row in objects_of(section.get("rows"))]
        return "list", [_tap(row) for row in rows]
    return "button", [_tap(object_of(one.get("reply"))) for one in objects_of(action.get("buttons"))]


def object_of(value: Json) -> JsonObject:
    """Returns an object; an empty one for what is none."""
    return value if isinstance(value, Mapping) else {}


def objects_of(value: Json) -> list[JsonObject]:
    """Returns the objects of a list; none for what is no list."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _tap(one: JsonObject) -> Json:
    return {"id": str(one.get("id", "")), "title": str(one.get("title", ""))}


def _post(api: str, raw: bytes, signed: str) -> int:
    address = urlsplit(api)
    connection = http.client.HTTPConnection(address.hostname or "127.0.0.1", address.port or 80, timeout=30)
    try:
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": signed}
        connection.request("POST", WHATSAPP_PATH, raw, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()
