"""Sends to Slack: to a person's own incoming webhook, or as the organisation's app to whom an address belongs.

Slack cuts nothing: what is over its limits it refuses. So what is too long is cut here, with a link to the whole, and
what it finds wrong about a message's blocks is sent again as plain text: nothing is lost for its form.

A webhook answers in plain text, the app's interface in JSON. What an answer means is one table for both: configuration
(an administrator mends it), address (this person is not reached there), refused (this message never will be), later.
Slack knows no repetition again: an attempt of which nobody knows whether it arrived is not made again.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final

from infra.web import bounded_answers
from shared.kernel.json_values import JsonObject
from shared.notifications.domain.letter import Letter, Part
from shared.notifications.ports.channel import Sent, Verdict

HEADER, SECTION, BLOCKS = 150, 3_000, 50
"""Slack's limits: characters of a header and of a section, blocks of a message."""
TEXT: Final = 4_000
HOOKS: Final = "https://hooks.slack.com/"
SECONDS: Final = 20.0
MOST_BYTES: Final = 1 << 20
FORM: Final = frozenset({"invalid_blocks", "invalid_blocks_format", "invalid_payload", "msg_blocks_too_long"})
"""Slack finds the form wrong: it is told again in plain text."""
MEANING: Final[Mapping[str, Verdict]] = {
    # of a webhook
    "no_service": "address",
    "no_active_hooks": "address",
    "no_team": "address",
    "channel_not_found": "address",
    "channel_is_archived": "address",
    "user_not_found": "address",
    "invalid_token": "address",
    "action_prohibited": "address",
    "posting_to_general_channel_denied": "address",
    "too_many_attachments": "refused",
    "no_text": "refused",
    "rollup_error": "later",
    # of the app's interface
    "users_not_found": "address",
    "is_archived": "address",
    "messages_tab_disabled": "configuration",
    "restricted_action": "configuration",
    "invalid_auth": "configuration",
    "not_authed": "configuration",
    "account_inactive": "configuration",
    "token_revoked": "configuration",
    "token_expired": "configuration",
    "missing_scope": "configuration",
    "not_allowed_token_type": "configuration",
    "ekm_access_denied": "configuration",
    "org_login_required": "configuration",
    "access_denied": "configuration",
    "msg_too_long": "refused",
    "ratelimited": "later",
    "rate_limited": "later",
    "request_timeout": "later",
    "service_unavailable": "later",
    "internal_error": "later",
    "team_added_to_org": "later",
    # Slack's own words: some aspect of the operation succeeded before the error.
    "fatal_error": "uncertain",
}


class Slack:
    """Implements shared.notifications.ports.channel.Sending.

    token: the app's, `xoxb-…`; None where people name webhooks of their own and nothing else is reached
    url:   where the app's interface is; hooks: what a webhook's address begins with
    """

    repeats: int | None = 0

    def __init__(self, token: str | None, url: str, hooks: str = HOOKS, seconds: float = SECONDS) -> None:
        self._token = token
        self._url = url.rstrip("/")
        self._hooks = hooks
        self._seconds = seconds

    def send(self, letter: Letter) -> Sent:
        if "://" in letter.address:
            if not letter.address.startswith(self._hooks):
                return Sent("address", "no_webhook")
            return self._told(letter, lambda message: self._hooked(letter.address, message))
        if self._token is None:
            return Sent("address", "no_app")
        found = self._asked("users.lookupByEmail", {"email": letter.address}, form=True)
        if isinstance(found, Sent):
            return Sent("later", found.fault) if found.verdict == "uncertain" else found
        user = found.get("user")
        channel = str(user.get("id") or "") if isinstance(user, Mapping) else ""
        meta: JsonObject = {"event_type": "augment_notification", "event_payload": {"key": letter.key}}
        return self._told(letter, lambda message: self._posted({"channel": channel, "metadata": meta, **message}))

    def check(self) -> Sent:
        """Asks whether the app is let in, and sends nothing."""
        found = self._asked("auth.test", {})
        return found if isinstance(found, Sent) else Sent("arrived")

    def _told(self, letter: Letter, post: Any) -> Sent:
        message = {"text": text_of(letter), "unfurl_links": False}
        sent: Sent = post({**message, "blocks": blocks_of(letter)})
        return post(message) if sent.fault in FORM else sent

    def _posted(self, message: JsonObject) -> Sent:
        found = self._asked("chat.postMessage", message)
        return found if isinstance(found, Sent) else Sent("arrived")

    def _asked(self, method: str, body: JsonObject, *, form: bool = False) -> JsonObject | Sent:
        """Returns what the app's interface answers, or what its refusal means."""
        content = {"data": body} if form else {"json": body}
        headers = {"Authorization": f"Bearer {self._token}"}
        answer = self._exchange(f"{self._url}/api/{method}", headers=headers, **content)
        if isinstance(answer, Sent):
            return answer
        try:
            found = answer.json()
            told = bool(found["ok"]), str(found.get("error", ""))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return Sent("uncertain" if answer.is_success else "later", "unreadable")
        return found if told[0] else _meaning(told[1], answer)

    def _hooked(self, address: str, message: JsonObject) -> Sent:
        answer = self._exchange(address, json=message)
        if isinstance(answer, Sent):
            return answer
        word = answer.text.strip()
        return Sent("arrived") if answer.is_success and word == "ok" else _meaning(word, answer)

    def _exchange(self, address: str, **content: Any) -> Any:
        """Returns an answer, or a Sent where there is none: before anything was sent, or after."""
        import httpx

        try:
            answer = self._client.post(address, **content)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol):
            return Sent("later", "unreachable")
        except httpx.HTTPError:
            return Sent("uncertain", "no_answer")
        if answer.status_code == 429:
            return Sent("later", "ratelimited", _seconds(answer.headers.get("Retry-After", "")))
        return Sent("later", "unavailable") if answer.status_code >= 500 and not _known(answer) else answer

    @cached_property
    def _client(self) -> Any:
        import httpx

        return httpx.Client(timeout=self._seconds, event_hooks=bounded_answers.hooks(httpx, MOST_BYTES))


def blocks_of(letter: Letter) -> list[JsonObject]:
    """Returns a letter as blocks within Slack's limits; what does not fit is behind a link."""
    blocks: list[JsonObject] = [
        {"type": "header", "text": {"type": "plain_text", "text": cut(letter.heading, HEADER), "emoji": False}}
    ]
    room = BLOCKS - 2  # the header, and what ends every message
    shown = letter.parts if len(letter.parts) <= room else letter.parts[: room - 1]
    blocks += [_section(_part(one, with_sentence=len(letter.parts) > 1)) for one in shown]
    if len(shown) < len(letter.parts):
        left = len(letter.parts) - len(shown)
        blocks.append(_section(f"{left} more: {_link(letter.settings.rpartition('/')[0], 'see them all')}"))
    end = _link(letter.settings, "What you are sent, and when")
    return [*blocks, {"type": "context", "elements": [{"type": "mrkdwn", "text": end}]}]


def text_of(letter: Letter) -> str:
    """Returns a letter as text alone: what notifications show, and what is sent where blocks are refused."""
    lines = [] if len(letter.parts) == 1 else [_escaped(letter.heading)]
    for part in letter.parts:
        lines.append(_part(part, with_sentence=True))
    link = f"\n{_link(letter.settings.rpartition('/')[0], 'see the whole')}"
    whole = "\n".join(lines)
    return whole if len(whole) <= TEXT else whole[: TEXT - len(link) - 1].rpartition("\n")[0] + "…" + link


def cut(text: str, most: int) -> str:
    """Returns a text of at most so many characters."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _part(part: Part, *, with_sentence: bool) -> str:
    link = _link(*part.link)
    lines = [f"*{_escaped(cut(part.sentence, 1_000))}*"] if with_sentence else []
    lines += [f"{_escaped(label)}: {_escaped(cut(value, 200))}" for label, value in part.details[:5]]
    return "\n".join([*lines, link])


def _section(text: str) -> JsonObject:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[:SECTION]}}


def _link(address: str, words: str) -> str:
    return f"<{address.replace('|', '%7C').replace('>', '%3E')}|{_escaped(words)}>"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _known(answer: Any) -> bool:
    return len(answer.content) < 200 and answer.text.strip() in MEANING


def _meaning(word: str, answer: Any) -> Sent:
    """Tells what a refusal is about. An unknown word is by its status: 4xx for ever, else later."""
    fault = word if word.isidentifier() and len(word) <= 60 else "unreadable"
    if word in FORM:
        return Sent("refused", fault)
    if word in MEANING:
        return Sent(MEANING[word], fault)
    return Sent("refused" if answer.status_code < 500 else "later", fault)


def _seconds(header: str) -> float | None:
    return float(header) if header.isascii() and header.isdigit() and len(header) < 9 else None
