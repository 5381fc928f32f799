"""Mail as programs send it."""

from __future__ import annotations

from email.message import EmailMessage

from shared.conversations.domain.conversation import Conversation

HOUR = 3_600_000
US = ["augmentcode.com"]


def message(
    text: str,
    *,
    sender: str = "Joe Smith <joe@augmentcode.com>",
    to: str = "Ada Brook <ada@orchard.example>",
    date: str = "Mon, 02 Mar 2026 10:00:00 +0000",
    message_id: str | None = None,
    html: str | None = None,
    charset: str = "utf-8",
    subject: str = "The board",
    **headers: str,
) -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Date"], made["Subject"] = sender, to, date, subject
    if message_id:
        made["Message-ID"] = message_id
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text, charset=charset)
    if html is not None:
        made.add_alternative(html, subtype="html")
    return made.as_bytes()


def mbox(*messages: bytes) -> bytes:
    return b"".join(b"From someone Mon Mar  2 10:00:00 2026\n" + one + b"\n" for one in messages)


def said(conversation: Conversation) -> list[tuple[str | None, int, str]]:
    return [(turn.speaker_id, turn.start_ms, turn.text) for turn in conversation.turns]


QUESTION = message("Hello Ada,\n\nwhat does a failed\nrelease cost you?\n\nJoe", message_id="<1@augmentcode.com>")
ANSWER = message(
    "About a day.\n\nAda\n\nOn Mon, 2 Mar 2026 at 10:00, Joe Smith wrote:\n> Hello Ada,\n>\n> what does a failed\n",
    sender="Ada Brook <Ada@Orchard.example>",
    to="joe@augmentcode.com",
    date="Mon, 02 Mar 2026 13:30:00 +0200",
    message_id="<2@orchard.example>",
    References="<1@augmentcode.com>",
)
