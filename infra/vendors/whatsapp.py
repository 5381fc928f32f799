"""Speaks WhatsApp's Cloud API: sends, and fetches media.

What an answer means is decided by `error.code`, never by the status. Nothing is sent again here: whether a message was
taken of which no answer came is told by its statuses, which carry our own name of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final, Literal
from urllib.parse import quote, urlsplit

from infra.web import bounded_answers
from shared.coaching.domain.outbound import MENU, Content
from shared.coaching.domain.sending_errors import verdict
from shared.coaching.ports.messenger import FoundMedia, Recipient, Sent
from shared.coaching.wire.whatsapp_messages import sha256_of, text_at
from shared.kernel.errors import Retryable, TooLarge
from shared.kernel.json_values import JsonObject
from shared.kernel.reading import is_senders_id
from shared.ports.ambient import ProbeAnswer

SECONDS: Final = 15.0
MOST_BYTES: Final = 1 << 20
MOST_MEDIA_BYTES: Final = 20_000_000
"""WhatsApp takes 16 MB of video and sound, 5 MB of a picture; a document may have more, and is no evidence then."""
MEDIA_HOSTS: Final = (".fbsbx.com", ".fbcdn.net", ".whatsapp.net", ".facebook.com")
"""Where media may lie: nobody else is ever shown the key."""
GONE: Final = frozenset({(100, 33), (131052, 0), (131053, 0)})

UserField = Literal["to", "recipient"]


class WhatsApp:
    """Implements shared.coaching.ports.messenger.Messenger.

    url:        base address with the version, https://graph.facebook.com/v23.0
    number_id:  of the number that writes
    user_field: in which field a user id goes out; public sources contradict each other
    """

    def __init__(self, token: str, number_id: str, url: str, user_field: UserField = "recipient") -> None:
        self._token = token
        self._number_id = number_id
        self._url = url.rstrip("/")
        self._user_field = user_field

    def send(self, recipient: Recipient, content: Content, *, tracker: str) -> Sent:
        message = {
            **self._base(),
            "recipient_type": "individual",
            **self._address(recipient),
            **_content(content.fitted()),
            "biz_opaque_callback_data": tracker,
        }
        answer = self._post(message)
        if isinstance(answer, Sent):
            return answer
        body = _object(answer)
        messages = body.get("messages")
        first = messages[0] if isinstance(messages, list) and messages else None
        wamid = text_at(first, "id")
        if answer.is_success and is_senders_id(wamid):
            return Sent("accepted", wamid)
        code = _code(body)
        if code is None:
            return Sent("uncertain" if answer.is_success or answer.status_code >= 500 else "never")
        return Sent(verdict(code), code=code, after_seconds=_seconds(answer.headers.get("Retry-After", "")))

    def find_media(self, media_id: str) -> FoundMedia | None:
        answer = self._get(f"{self._url}/{quote(media_id, safe='')}?phone_number_id={quote(self._number_id)}")
        body = _object(answer)
        if not answer.is_success:
            code, subcode = _code(body), text_at(body, "error", "error_subcode")
            if answer.status_code == 404 or (code, int(subcode) if subcode.isdigit() else 0) in GONE:
                return None
            raise Retryable(f"WhatsApp does not tell where media are ({code or answer.status_code})", after_seconds=5)
        size = text_at(body, "file_size")
        return FoundMedia(
            address=text_at(body, "url") or None,
            mime_type=text_at(body, "mime_type").partition(";")[0].strip().lower()[:120],
            sha256=sha256_of(text_at(body, "sha256")),
            size=int(size) if size.isdigit() and len(size) < 13 else None,
        )

    def fetch_media(self, found: FoundMedia) -> bytes | None:
        if found.address is None or not self._may_fetch(found.address):
            return None
        if found.size is not None and found.size > MOST_MEDIA_BYTES:
            raise TooLarge(f"a file may have at most {MOST_MEDIA_BYTES:,} bytes", field="media")
        answer = self._get(found.address)
        if answer.status_code >= 500 or answer.status_code == 429:
            raise Retryable(f"WhatsApp does not hand out media ({answer.status_code})", after_seconds=5)
        return bytes(answer.content) if answer.is_success else None

    def check(self) -> ProbeAnswer:
        """Asks whether the number is ours to write with, and sends nothing. Raises Retryable."""
        answer = self._get(f"{self._url}/{quote(self._number_id)}?fields=verified_name,quality_rating")
        if answer.is_success:
            rating = text_at(_object(answer), "quality_rating").lower()[:20]
            return ProbeAnswer(True, f"answers; quality {rating}" if rating else "answers")
        code = _code(_object(answer))
        if code == 190:
            return ProbeAnswer(False, "it does not let us in (190): check the secret whatsapp-access")
        return ProbeAnswer(
            False, f"it refuses the number ({code or answer.status_code}): check AUGMENT_WHATSAPP_NUMBER_ID"
        )

    def _base(self) -> JsonObject:
        return {"messaging_product": "whatsapp"}

    def _address(self, recipient: Recipient) -> JsonObject:
        return {"to": recipient.phone} if recipient.phone else {self._user_field: recipient.user_id}

    def _may_fetch(self, address: str) -> bool:
        """Tells whether an address is WhatsApp's: our key goes with the request."""
        ours, theirs = urlsplit(self._url), urlsplit(address)
        if (ours.scheme, ours.netloc) == (theirs.scheme, theirs.netloc):
            return True
        return theirs.scheme == "https" and f".{theirs.hostname or ''}".endswith(MEDIA_HOSTS)

    def _post(self, message: JsonObject) -> Any:
        """Returns an answer, or a Sent where there is none: before anything was sent, or after."""
        import httpx

        try:
            return self._client.post(f"{self._url}/{quote(self._number_id)}/messages", json=message)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol):
            return Sent("later")
        except httpx.HTTPError:
            return Sent("uncertain")

    def _get(self, address: str) -> Any:
        import httpx

        try:
            return self._client.get(address)
        except httpx.HTTPError as problem:
            if isinstance(problem, bounded_answers.AnswerTooLarge):
                raise TooLarge(f"a file may have at most {MOST_MEDIA_BYTES:,} bytes", field="media") from None
            raise Retryable("WhatsApp cannot be reached: check AUGMENT_WHATSAPP_URL", after_seconds=5) from None

    @cached_property
    def _client(self) -> Any:
        import httpx

        def most(path: str) -> int:
            return MOST_BYTES if path.endswith("/messages") else MOST_MEDIA_BYTES

        return httpx.Client(
            timeout=SECONDS,
            headers={"Authorization": f"Bearer {self._token}"},
            event_hooks=bounded_answers.hooks(httpx, MOST_BYTES, others=most),
        )


def _content(content: Content) -> JsonObject:
    """Returns a message's own part."""
    if content.template is not None:
        used = content.template
        values: list[JsonObject] = [{"type": "text", "text": value} for value in used.values]
        parts: list[JsonObject] = [{"type": "body", "parameters": values}] if values else []
        language: JsonObject = {"code": used.language}
        template: JsonObject = {"name": used.name, "language": language, "components": parts}
        return {"type": "template", "template": template}
    if not content.buttons:
        return {"type": "text", "text": {"body": content.body, "preview_url": False}}
    return {"type": "interactive", "interactive": _interactive(content)}


def _interactive(content: Content) -> JsonObject:
    body: JsonObject = {"text": content.body}
    if content.is_list:
        rows: list[JsonObject] = [{"id": one.payload_id, "title": one.title} for one in content.buttons]
        return {"type": "list", "body": body, "action": {"button": MENU, "sections": [{"title": MENU, "rows": rows}]}}
    buttons: list[JsonObject] = [
        {"type": "reply", "reply": {"id": one.payload_id, "title": one.title}} for one in content.buttons
    ]
    return {"type": "button", "body": body, "action": {"buttons": buttons}}


def _object(answer: Any) -> JsonObject:
    try:
        found = answer.json()
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, Mapping) else {}


def _code(body: JsonObject) -> int | None:
    error = body.get("error")
    code = error.get("code") if isinstance(error, Mapping) else None
    return code if isinstance(code, int) and not isinstance(code, bool) else None


def _seconds(header: str) -> int | None:
    return int(header) if header.isascii() and header.isdigit() and len(header) < 6 else None
