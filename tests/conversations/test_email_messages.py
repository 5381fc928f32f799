"""Threads that come as a list of messages in JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shared.conversations.wire import email_export
from shared.conversations.wire.email_message import Unreadable
from shared.conversations.wire.email_thread import parse_thread
from shared.kernel.errors import Malformed, TooLarge
from tests.conversations.mailbox import ANSWER, HOUR, QUESTION, US, mbox, said


class TestJson:
    def test_a_list_of_messages(self) -> None:
        thread = [
            {
                "from": {"name": "Ada Brook", "email": "ADA@orchard.example"},
                "to": ["Joe <joe@augmentcode.com>"],
                "cc": "boss@orchard.example",
                "date": "2026-03-02T12:00:00+02:00",
                "subject": "The board",
                "html": "<p>What does it<br>cost?</p>",
            },
            {"from": "joe@augmentcode.com", "date": "Mon, 02 Mar 2026 11:00:00 +0000", "text": "Less than a day."},
        ]
        parsed = parse_thread(json.dumps(thread).encode(), home_domains=US)
        assert said(parsed) == [
            ("ada@orchard.example", 0, "What does it cost?"),
            ("joe@augmentcode.com", HOUR, "Less than a day."),
        ]
        assert [(party.name, party.email) for party in parsed.parties] == [
            ("Ada Brook", "ada@orchard.example"),
            ("Joe", "joe@augmentcode.com"),
            (None, "boss@orchard.example"),
        ]
        assert parse_thread(json.dumps({"messages": thread}).encode(), home_domains=US) == parsed

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"from": None}, "messages.0.from"),
            ({"from": "nobody"}, "messages.0.from"),
            ({"from": 7}, "messages.0.from"),
            ({"to": ["a@b.example", ""]}, "messages.0.to.1"),
            ({"date": None}, "messages.0.date"),
            ({"date": "2026-03-02T12:00:00"}, "messages.0.date"),
            ({"date": "soon"}, "messages.0.date"),
            ({"text": None}, "messages.0.text"),
            ({"text": ["Hello"]}, "messages.0.text"),
            ({"text": " \n-- \nJoe"}, "messages"),
            ({"subject": {}}, "messages.0.subject"),
        ],
    )
    def test_a_complaint_names_the_field(self, change: dict[str, Any], field: str) -> None:
        good = {"from": "a@b.example", "date": "2026-03-02T12:00:00Z", "text": "Hello."}
        assert parse_thread(json.dumps([good]).encode()).turns
        with pytest.raises(Unreadable) as raised:
            parse_thread(json.dumps([good | change]).encode())
        assert raised.value.field == field
        assert raised.value.status == 400

    @pytest.mark.parametrize(
        "raw", [b"", b"[]", b"[1]", b"{}", b'{"messages": 3}', b"[" * 100_000, b"\xff\xfe", b"From x\n"]
    )
    def test_what_is_no_thread_is_refused(self, raw: bytes) -> None:
        with pytest.raises(Malformed):
            parse_thread(raw)

    def test_limits(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(email_export, "MAX_MESSAGES", 1)
        with pytest.raises(TooLarge, match="2 messages; up to 1"):
            parse_thread(mbox(QUESTION, ANSWER))
        monkeypatch.undo()
        monkeypatch.setattr(email_export, "MAX_TEXT_OF_ALL", 100)
        with pytest.raises(TooLarge, match="Up to 100 characters"):
            parse_thread(mbox(QUESTION, ANSWER))
        monkeypatch.setattr(email_export, "MAX_BYTES", 10)
        with pytest.raises(TooLarge, match="up to 10 are accepted"):
            parse_thread(QUESTION)

    @pytest.mark.parametrize("thread_id", ["", "a/b", "x" * 65])
    def test_an_id_that_is_no_name_for_a_file_is_refused(self, thread_id: str) -> None:
        with pytest.raises(Unreadable) as raised:
            parse_thread(mbox(QUESTION), thread_id=thread_id)
        assert raised.value.field == "thread_id"
