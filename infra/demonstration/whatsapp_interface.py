"""Answers as WhatsApp's Cloud API does, of our own making; whatsapp_server.py beside serves it.

For the demonstration, and for tests that want the real protocol rather than a patch: access tokens, the window of 24
hours, templates with their categories, error codes, media whose addresses expire, and webhooks that are owed for
everything: what a test, or the demonstration, posts of them in which order and how often is theirs.

    POST /{number}/messages      text, buttons, lists, templates; read receipts
    POST /{number}/media         multipart, as clients upload
    GET  /{media}                where media are, for five minutes
    GET  /media/{media}          the bytes
    GET  /{number}               the number itself
"""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from infra.demonstration.whatsapp_payloads import Writer, message_of, messages, status_of, statuses
from shared.kernel.json_values import Json, JsonObject

ADDRESS_LIVES: Final = timedelta(minutes=5)
WINDOW: Final = timedelta(hours=24)
MOST_TEXT: Final = 4_096


@dataclass(frozen=True, slots=True)
class Answer:
    """Carries what goes back. body: JSON, or bytes as they are"""

    status: int
    body: JsonObject | bytes
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that was taken. to: by what its recipient was addressed"""

    wamid: str
    to: str
    kind: str
    text: str
    tracker: str | None
    at: datetime
    category: str
    content: JsonObject = field(default_factory=dict)


@dataclass
class Media:
    """A file. bare: how many answers have no address yet; swapped: other bytes than were sent; gone: for good"""

    content: bytes
    mime_type: str
    bare: int = 0
    swapped: bool = False
    gone: bool = False
    addresses: dict[str, datetime] = field(default_factory=dict)


@dataclass
class Template:
    """An approved message. places: how many values it takes"""

    category: str
    places: int = 0
    status: str = "APPROVED"


class _Refused(Exception):
    def __init__(self, status: int, code: int, said: str, subcode: int | None = None, retry_after: int | None = None):
        super().__init__(said)
        self.status, self.retry_after = status, retry_after
        details: JsonObject = {"messaging_product": "whatsapp", "details": said}
        about: JsonObject = {"message": said, "type": "OAuthException", "code": code, "fbtrace_id": "A"}
        narrower: JsonObject = {} if subcode is None else {"error_subcode": subcode}
        self.told: JsonObject = {**about, **narrower, "error_data": details}


class WhatsAppInterface:
    """The interface apart from HTTP; every method may be called from any thread.

    user_field: in which field somebody without a phone is addressed; only that is accepted
    mark:       in every message's id, so that those of two runs are never the same
    owed:       the webhooks that WhatsApp has to post, in the order in which they came about
    faults:     error codes with which the next messages are refused
    """

    def __init__(
        self,
        *,
        token: str = "demonstration",
        number_id: str = "100500900",
        user_field: Literal["to", "recipient"] = "recipient",
        mark: str = "",
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.number_id = number_id
        self.owed: deque[bytes] = deque()
        self.faults: deque[int] = deque()
        self.taken: list[Taken] = []
        self.read: list[str] = []
        self.answered: Counter[int] = Counter()
        self.media: dict[str, Media] = {}
        self.templates: dict[tuple[str, str], Template] = {}
        self.unreachable: set[str] = set()
        self.before_taking: Callable[[], None] = lambda: None
        """Called when a message comes, before it is taken: where a test lets somebody die."""
        self.after_taking: Callable[[], None] = lambda: None
        self.base_url = ""
        self._token = token
        self._user_field = user_field
        self._mark = mark
        self._now = now
        self._wrote: dict[str, datetime] = {}
        self._numbers = 0
        self._lock = threading.RLock()

    def write(self, writer: Writer, kind: str = "text", wamid: str | None = None, **content: Json) -> str:
        """Writes to the business as somebody; returns the message's id. text: given as `text="…"`"""
        with self._lock:
            name = wamid or self._name("in")
            if kind == "text" and isinstance(content.get("text"), str):
                content["text"] = {"body": content["text"]}
            now = self.wrote(writer)
            self.owed.append(messages(self.number_id, writer, message_of(writer, name, now, kind, **content)))
            return name

    def wrote(self, writer: Writer) -> datetime:
        """Opens somebody's window; returns the present."""
        now = self._now()
        for known in (writer.phone, writer.user_id):
            if known is not None:
                self._wrote[known] = now
        return now

    def photograph(
        self,
        writer: Writer,
        content: bytes,
        *,
        caption: str = "",
        bare: int = 0,
        swapped: bool = False,
        gone: bool = False,
    ) -> str:
        """Sends a photo to the business as somebody; returns the media's id. bare, swapped, gone: see `Media`"""
        with self._lock:
            media_id = self._number()
            self.media[media_id] = Media(content, "image/jpeg", bare, swapped, gone)
            digest = hashlib.sha256(content).hexdigest()
            image: JsonObject = {"id": media_id, "mime_type": "image/jpeg", "sha256": digest}
            said: JsonObject = {"caption": caption} if caption else {}
            self.write(writer, "image", image={**image, **said})
            return media_id

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        """Answers a request as WhatsApp would. path: without the version"""
        try:
            self._admit(headers)
            answer = self._answer(method, path.strip("/"), body)
        except _Refused as refused:
            answer = Answer(refused.status, {"error": refused.told}, refused.retry_after)
        self.answered[answer.status] += 1
        return answer

    def _admit(self, headers: dict[str, str]) -> None:
        given = headers.get("authorization", "").encode()
        if not hmac.compare_digest(given, f"Bearer {self._token}".encode()):
            raise _Refused(401, 190, "Invalid OAuth access token")

    def _answer(self, method: str, path: str, body: bytes) -> Answer:
        if path == f"{self.number_id}/messages" and method == "POST":
            return self._message(_json(body))
        if path == self.number_id and method == "GET":
            return Answer(200, {"id": self.number_id, "verified_name": "Coach", "quality_rating": "GREEN"})
        if path.startswith("media/") and method == "GET":
            return self._bytes(path.partition("/")[2])
        if method == "GET" and "/" not in path:
            return self._address(path)
        raise _Refused(404, 100, "Unknown path components")

    def _message(self, sent: JsonObject) -> Answer:
        if sent.get("messaging_product") != "whatsapp":
            raise _Refused(400, 100, "(#100) messaging_product is required")
        if sent.get("status") == "read":
            with self._lock:
                self.read.append(str(sent.get("message_id")))
            return Answer(200, {"success": True})
        to = self._recipient(sent)
        self.before_taking()
        with self._lock:
            if self.faults:
                code = self.faults.popleft()
                raise _Refused(400, code, f"(#{code}) as the test wants it", retry_after=1 if code == 130429 else None)
            if to.name in self.unreachable:
                raise _Refused(400, 131026, "(#131026) Message undeliverable")
            taken = self._take(sent, to.name)
            self.taken.append(taken)
            self._owe_statuses(taken, to)
        self.after_taking()
        contact = {"input": to.name, **({"wa_id": to.phone} if to.phone else {"user_id": to.user_id})}
        return Answer(200, {"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": taken.wamid}]})

    def _recipient(self, sent: JsonObject) -> Writer:
        to, recipient = sent.get("to"), sent.get("recipient")
        if isinstance(to, str) and to.lstrip("+").isdigit():
            return Writer(phone=to.lstrip("+"))
        given = to if self._user_field == "to" else recipient
        if isinstance(given, str) and given and (to is None or recipient is None):
            return Writer(user_id=given)
        raise _Refused(400, 100, "(#100) Invalid parameter: the recipient")

    def _take(self, sent: JsonObject, to: str) -> Taken:
        now, kind = self._now(), str(sent.get("type"))
        category = "service"
        if kind == "template":
            text, category = self._template(_object(sent, "template"))
        else:
            wrote = self._wrote.get(to)
            if wrote is None or now - wrote >= WINDOW:
                raise _Refused(400, 131047, "(#131047) Re-engagement message: more than 24 hours have passed")
            text = _text(kind, sent)
        tracker = sent.get("biz_opaque_callback_data")
        named = tracker if isinstance(tracker, str) else None
        return Taken(self._name("out"), to, kind, text, named, now, category, sent)

    def _template(self, used: JsonObject) -> tuple[str, str]:
        name, language = str(used.get("name")), str(_object(used, "language").get("code"))
        template = self.templates.get((name, language))
        if template is None:
            raise _Refused(404, 132001, "(#132001) Template name does not exist in the translation")
        if template.status != "APPROVED":
            raise _Refused(400, 132015, "(#132015) Template is paused")
        values = [one for part in _objects(used, "components") for one in _objects(part, "parameters")]
        if len(values) != template.places:
            raise _Refused(400, 132000, "(#132000) Number of parameters does not match")
        return f"{name}({', '.join(str(one.get('text')) for one in values)})", template.category

    def _owe_statuses(self, taken: Taken, to: Writer) -> None:
        pricing: JsonObject = {
            "billable": taken.category != "service",
            "pricing_model": "PMP",
            "category": taken.category,
        }
        for word in ("sent", "delivered", "read"):
            told = status_of(to, taken.wamid, word, taken.at, taken.tracker, pricing=pricing)
            self.owed.append(statuses(self.number_id, to, told))

    def _address(self, media_id: str) -> Answer:
        with self._lock:
            media = self.media.get(media_id)
            if media is None or media.gone:
                raise _Refused(400, 100, "Unsupported get request.", subcode=33)
            digest = hashlib.sha256(media.content).hexdigest()
            size = len(media.content)
            about: JsonObject = {"messaging_product": "whatsapp", "id": media_id, "mime_type": media.mime_type}
            told: JsonObject = {**about, "sha256": digest, "file_size": size}
            if media.bare > 0:
                media.bare -= 1
                return Answer(200, told)
            name = f"{media_id}-{len(media.addresses)}"
            media.addresses[name] = self._now() + ADDRESS_LIVES
            return Answer(200, {**told, "url": f"{self.base_url}/media/{name}"})

    def _bytes(self, name: str) -> Answer:
        with self._lock:
            media = self.media.get(name.partition("-")[0])
            ends = None if media is None else media.addresses.get(name)
            if media is None or ends is None or self._now() >= ends:
                return Answer(404, {"error": {"message": "URL has expired", "code": 1}})
            return Answer(200, media.content[::-1] + b"!" if media.swapped else media.content)

    def _name(self, way: str) -> str:
        return f"wamid.{way}{self._mark}{self._number()}"

    def _number(self) -> str:
        with self._lock:
            self._numbers += 1
            return f"{70_000_000 + self._numbers}"


def _text(kind: str, sent: JsonObject) -> str:
    """Returns what a message says. Refuses what is over WhatsApp's limits."""
    if kind == "text":
        text = str(_object(sent, "text").get("body") or "")
        if not 0 < len(text) <= MOST_TEXT:
            raise _Refused(400, 100, f"(#100) text.body has 1 to {MOST_TEXT} characters")
        return text
    if kind != "interactive":
        raise _Refused(400, 100, f"(#100) type {kind[:40]!r} is not served here")
    about = _object(sent, "interactive")
    action = _object(about, "action")
    if about.get("type") == "button":
        titles = [str(_object(one, "reply").get("title") or "") for one in _objects(action, "buttons")]
        _bound(titles, 3, 20)
    else:
        titles = [
            str(row.get("title") or "") for section in _objects(action, "sections") for row in _objects(section, "rows")
        ]
        _bound(titles, 10, 24)
        _bound([str(action.get("button") or "")], 1, 20)
    text = str(_object(about, "body").get("text") or "")
    if not 0 < len(text) <= 1_024:
        raise _Refused(400, 100, "(#100) interactive.body.text has 1 to 1024 characters")
    return text


def _bound(titles: list[str], most: int, longest: int) -> None:
    if (
        not 0 < len(titles) <= most
        or not all(0 < len(one) <= longest for one in titles)
        or len({*titles}) < len(titles)
    ):
        raise _Refused(400, 131009, "(#131009) Parameter value is not valid: titles")


def _json(body: bytes) -> JsonObject:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise _Refused(400, 100, "(#100) the body is not JSON") from None
    if not isinstance(found, dict):
        raise _Refused(400, 100, "(#100) the body is no object")
    return found


def _object(holder: JsonObject, name: str) -> JsonObject:
    found = holder.get(name)
    if not isinstance(found, dict):
        raise _Refused(400, 100, f"(#100) {name} is no object")
    return found


def _objects(holder: JsonObject, name: str) -> Iterator[JsonObject]:
    found = holder.get(name)
    for one in found if isinstance(found, list) else ():
        if isinstance(one, dict):
            yield one
