"""Sends to a browser by its push service, which sees neither what is said nor to whom.

What a push service answers is one table: it has taken the message, the subscription is gone (404, 410), it does not let
us in (401, 403: an administrator mends it), the message is too long (413: told again by its heading alone), later (429
and 5xx, after Retry-After where it says so). A browser that gets a message again shows it in place of the first, by its
key; one that was put away appears once more. So what may have arrived is sent again once, as mails are.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from infra.vendors.web_push.sealing import MOST, sealed
from infra.vendors.web_push.vapid import Vapid
from shared.notifications.domain.letter import Letter
from shared.notifications.domain.push_services import HERE, PushServices
from shared.notifications.ports.channel import Sent
from shared.ports.ambient import Clock
from shared.subscriptions.ports.receivers import Received, Receivers

TITLE, BODY, LINK = 120, 400, 400
"""Characters of each: a lock screen shows fewer, and of any script they are within what is taken."""
LONGEST_KEPT: Final = 28 * 86_400
"""Seconds: push services keep nothing for longer."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """Holds what a browser gave us. made_for: our public key at that time"""

    endpoint: str
    p256dh: str
    auth: str
    made_for: str


class WebPush:
    """Implements shared.notifications.ports.channel.Sending. receivers: reach nobody on private networks"""

    repeats: int | None = 1

    def __init__(self, vapid: Vapid, services: PushServices, receivers: Receivers, clock: Clock) -> None:
        self._vapid = vapid
        self.services = services
        self._receivers = receivers
        self._clock = clock

    def send(self, letter: Letter) -> Sent:
        try:
            to = subscription_in(letter.address)
        except (ValueError, KeyError, TypeError):
            return Sent("address", "no_subscription")
        if to.made_for != self._vapid.key:
            return Sent("address", "other_key")
        if not self.services.has(to.endpoint):
            return Sent("configuration", "unknown_service")
        sent = self._posted(to, letter, message_of(letter))
        if sent.fault == "too_long":
            sent = self._posted(to, letter, message_of(letter, brief=True))
        return sent

    def check(self) -> Sent:
        """Asks the services that are known by name whether any of them can be reached; sends nothing to anybody."""
        contact, hosts = self._vapid.contact, [host for host in self.services.hosts if not host.startswith("*.")]
        if not contact.startswith(("mailto:", "https://")):
            return Sent("configuration", "no_contact")
        for host in hosts:
            scheme = "http" if host.partition(":")[0] in HERE else "https"
            if self._receivers.post(f"{scheme}://{host}/", {"TTL": "0"}, b"").status is not None:
                return Sent("arrived")
        return Sent("later", "unreachable")

    def _posted(self, to: Subscription, letter: Letter, message: bytes) -> Sent:
        try:
            body = sealed(message, to.p256dh, to.auth)
        except ValueError:
            return Sent("address", "bad_keys")
        headers = {
            "Authorization": self._vapid.authorization(to.endpoint, self._clock.now()),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(min(letter.seconds, LONGEST_KEPT)),
            "Urgency": "high" if letter.urgent else "normal",
            "Topic": topic_of(letter.key),
        }
        return meaning(self._receivers.post(to.endpoint, headers, body))


def meaning(received: Received) -> Sent:
    """Tells what came of one message."""
    status = received.status
    if status is None:
        if received.error == "address_refused":
            return Sent("address", "address_refused")
        return Sent("uncertain" if received.sent else "later", received.error)
    fault = f"status_{status}"
    if 200 <= status < 300:
        return Sent("arrived")
    if status in (404, 410):
        return Sent("address", fault)
    if status in (401, 403):
        return Sent("configuration", fault)
    if status == 413:
        return Sent("refused", "too_long")
    if status in (408, 425, 429) or status >= 500:
        return Sent("later", fault, received.retry_after_seconds)
    return Sent("refused", fault)


def message_of(letter: Letter, *, brief: bool = False) -> bytes:
    """Returns what the portal's worker reads (static/push_worker.js). brief: the heading alone"""
    parts = letter.parts
    link = parts[0].link[0] if len(parts) == 1 else letter.settings.rpartition("/")[0]
    lines = [f"{label}: {value}" for label, value in parts[0].details] if len(parts) == 1 else _sentences(letter)
    told = {
        "key": letter.key,
        "title": cut(letter.heading, TITLE),
        "body": "" if brief else cut("\n".join(lines), BODY),
        "link": link if len(link) <= LINK else letter.settings.rpartition("/")[0],
    }
    message = json.dumps(told, ensure_ascii=False).encode()
    if len(message) > MOST:  # control characters take six bytes each
        message = json.dumps({**told, "title": "Notification", "body": ""}).encode()
    return message


def cut(text: str, most: int) -> str:
    """Returns a text of at most so many characters."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def topic_of(key: str) -> str:
    """Returns by what a push service knows a message that still waits: a repetition takes its place."""
    return urlsafe_b64encode(sha256(key.encode()).digest()[:24]).decode()


def subscription_in(address: str) -> Subscription:
    """Reads an address (see shared.notifications.usecases.reach). Raises ValueError, KeyError or TypeError."""
    read = json.loads(address)
    keys = read["keys"]
    return Subscription(read["endpoint"], keys["p256dh"], keys["auth"], read["made_for"])


def _sentences(letter: Letter) -> list[str]:
    return list(dict.fromkeys(part.sentence for part in letter.parts))
