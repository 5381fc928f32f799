"""Words that somebody outside has written take time in proportion to their length, wherever they are read.

A mail, a transcript, an excerpt: each reader gets what froze it once, and more of it than it reads.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from time import thread_time
from typing import Final

import pytest

from shared.analysts.domain.addressed_to_the_analyst import withheld
from shared.analysts.lexical.analyst import analyse
from shared.conversations.domain.conversation import Affiliation, Conversation, Party, Turn
from shared.conversations.wire.email_message import MAX_TEXT, Unreadable
from shared.conversations.wire.email_thread import parse_thread
from shared.conversations.wire.gong import parse_conversations
from shared.conversations.wire.gong_json import LONGEST_TEXT
from shared.privacy.domain.anonymise import anonymised

SECONDS: Final = 2.0
"""Of processor time for one text of 100 KB or one mail; some take a tenth of it on a slow machine."""
LINES: Final = ("=", "a-", "_", "\u00a0", '<a b="', "[ ", "a.", "what ", "> ", "a@")


def _spent(reader: Callable[[], object]) -> float:
    began = thread_time()
    reader()
    return thread_time() - began


def _said(text: str) -> Conversation:
    speakers = Affiliation.INTERNAL, Affiliation.EXTERNAL
    parties = tuple(Party(speaker_id=str(number), affiliation=side) for number, side in enumerate(speakers))
    return Conversation("1", datetime(2026, 2, 10, tzinfo=UTC), 2_000, parties, (Turn("0", 0, 1_000, text),))


def _mail(**content: str) -> bytes:
    about = {"from": "joe@ourcompany.example", "to": "ann@acme.example", "date": "2026-02-10T10:00:00Z"}
    return json.dumps([{**about, **content}]).encode()


@pytest.mark.parametrize("line", LINES)
def test_a_mail_of_one_line_for_ever(line: str) -> None:
    text = line * (LONGEST_TEXT // len(line))
    threads: list[Conversation] = []
    assert _spent(lambda: threads.append(parse_thread(_mail(text=f"Dear Ann,\n{text * 3}")))) < SECONDS
    assert all(len(turn.text) <= MAX_TEXT for turn in threads[0].turns)


@pytest.mark.parametrize("line", ["By:{}Name", "Dear Joe, please sign here: {}Ann Brook", "{}a b c d e f gh"])
@pytest.mark.parametrize("parted", ["_", "_ ", ". "])
def test_a_line_to_sign_on(line: str, parted: str) -> None:
    for length in (60, LONGEST_TEXT):
        said = _said(line.format(parted * (length // len(parted))))
        assert _spent(partial(withheld, said)) < SECONDS
        assert not withheld(said)


@pytest.mark.parametrize("markup", ['<a b="', "<a b='", "<", "<p>", "<!--", "<blockquote>", "<style>", "&#", "</p"])
def test_a_mail_of_markup(markup: str) -> None:
    assert _spent(lambda: parse_thread(_mail(html=f"Dear Ann{markup * (72_000 // len(markup))}"))) < SECONDS / 4


CODECS = ("punycode", "idna", "unicode_escape", "raw_unicode_escape", "zlib_codec", "utf-7", "x" * 100_000)


@pytest.mark.parametrize("codec", CODECS, ids=lambda one: one[:20])
@pytest.mark.parametrize(
    "head",
    [
        'Content-Type: text/plain; charset="{codec}"\n\n{text}',
        "Content-Type: text/plain; charset*={codec}''{text}\n\nhi",
        "Content-Disposition: inline; filename*={codec}''{text}\n\nhi",
        "Content-Type: text/plain; name*={codec}''{text}\n\nhi",
        "Subject: =?{codec}?q?{text}?=\n\nhi",
    ],
    ids=["words", "charset", "file", "name", "subject"],
)
def test_a_mail_in_a_codec_that_is_no_charset(head: str, codec: str) -> None:
    text = "a" * 400_000 + "-" + "b" * 400_000
    about = "From: ann@acme.example\nTo: joe@ourcompany.example\nDate: Tue, 10 Feb 2026 10:00:00 +0000\n"
    mail = (about + head.format(codec=codec, text=text)).encode()

    def read() -> None:
        with suppress(Unreadable):
            parse_thread(mail)

    assert _spent(read) < SECONDS


@pytest.mark.parametrize("line", LINES[:4])
def test_one_turn_for_ever(line: str) -> None:
    sentence = {"start": 0, "end": 1000, "text": "Hi " + line * (LONGEST_TEXT // len(line))}
    monologue = {"speakerId": "1", "sentences": [sentence] * 3}
    body = json.dumps({"callTranscripts": [{"callId": "1", "transcript": [monologue]}]}).encode()
    calls: list[Conversation] = []
    assert _spent(lambda: calls.extend(parse_conversations(body))) < SECONDS
    text = calls[0].turns[0].text
    assert len(text) <= LONGEST_TEXT
    assert _spent(lambda: anonymised(_said(text))) < SECONDS
    assert _spent(lambda: analyse(_said(text), "0")) < SECONDS
