"""E-mail threads as clients export them: what is whose, when, and that any bytes give a thread or a complaint."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime
from email.message import EmailMessage
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared.conversations.domain.conversation import Affiliation, Party
from shared.conversations.wire.email_html import as_text
from shared.conversations.wire.email_message import Unreadable
from shared.conversations.wire.email_people import People
from shared.conversations.wire.email_thread import parse_thread
from shared.conversations.wire.email_words import divided, in_paragraphs, own_words
from shared.conversations.wire.stored_conversation import decode_conversation, encode_conversation
from shared.kernel.errors import Rejected
from tests.conversations.mailbox import ANSWER, HOUR, QUESTION, US, mbox, message, said
from tests.harness.lent import lent
from tests.harness.speed import examples


class TestMailbox:
    def test_each_message_is_a_turn_of_its_own_words(self) -> None:
        thread = parse_thread(mbox(ANSWER, QUESTION), home_domains=US)
        assert said(thread) == [
            ("joe@augmentcode.com", 0, "Hello Ada,\nwhat does a failed release cost you?\nJoe"),
            ("ada@orchard.example", HOUR + HOUR // 2, "About a day.\nAda"),
        ]
        assert all(turn.start_ms == turn.end_ms for turn in thread.turns)
        assert (thread.medium, thread.started, thread.duration_ms) == (
            "email",
            datetime(2026, 3, 2, 10, tzinfo=UTC),
            HOUR + HOUR // 2,
        )
        assert thread.parties == (
            Party("ada@orchard.example", "Ada Brook", "ada@orchard.example", Affiliation.EXTERNAL),
            Party("joe@augmentcode.com", "Joe Smith", "joe@augmentcode.com", Affiliation.INTERNAL),
        )

    def test_the_same_message_from_two_mailboxes_counts_once(self) -> None:
        assert parse_thread(mbox(QUESTION, ANSWER, QUESTION)) == parse_thread(mbox(QUESTION, ANSWER))

    def test_a_later_export_of_the_thread_has_the_same_id(self) -> None:
        assert parse_thread(mbox(QUESTION)).call_id == parse_thread(mbox(QUESTION, ANSWER)).call_id
        assert parse_thread(mbox(ANSWER)).call_id == parse_thread(mbox(QUESTION)).call_id  # by what it refers to
        assert parse_thread(mbox(QUESTION), thread_id="7").call_id == "7"

    def test_a_line_that_begins_with_from_is_no_separator(self) -> None:
        text = "Hello,\nFrom here on it is easy.\n"
        (turn,) = parse_thread(mbox(message(text).replace(b"From here", b">From here"))).turns
        assert turn.text == "Hello, From here on it is easy."
        (turn,) = parse_thread(mbox(message(text))).turns
        assert turn.text == "Hello, From here on it is easy."

    def test_whom_nobody_heard_from_is_a_party_without_a_voice(self) -> None:
        thread = parse_thread(mbox(message("Hello.", Cc="Boss <boss@sub.augmentcode.com>")), home_domains=US)
        boss = next(party for party in thread.parties if party.email == "boss@sub.augmentcode.com")
        assert (boss.speaker_id, boss.affiliation) == (None, Affiliation.INTERNAL)

    def test_without_home_domains_nobody_is_on_a_side(self) -> None:
        assert {party.affiliation for party in parse_thread(mbox(QUESTION)).parties} == {Affiliation.UNKNOWN}

    def test_a_look_alike_domain_is_not_ours(self) -> None:
        thread = parse_thread(mbox(message("Hi.", sender="joe@notaugmentcode.com")), home_domains=US)
        assert thread.parties[0].affiliation is Affiliation.EXTERNAL

    @pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "windows-1252"])
    def test_encodings(self, charset: str) -> None:
        raw = message(
            "Grüße aus Zürich, größer als gedacht.", sender="=?utf-8?q?J=C3=B6rg?= <j@a.example>", charset=charset
        )
        thread = parse_thread(raw)
        assert thread.turns[0].text == "Grüße aus Zürich, größer als gedacht."
        assert thread.parties[0].name == "Jörg"

    def test_an_unknown_charset_is_read_as_what_it_looks_like(self) -> None:
        raw = message("Grüße.").replace(b'charset="utf-8"', b'charset="x-own"')
        assert parse_thread(raw).turns[0].text == "Grüße."

    def test_html_where_there_is_no_plain_text(self) -> None:
        html = "<style>p {}</style><p>Does it <b>work</b>?</p><ul><li>one</li><li>two</li></ul>"
        (turn,) = parse_thread(message(" ", html=html)).turns
        assert turn.text == "Does it work?\n- one\n- two"

    def test_an_attachment_says_nothing(self) -> None:
        made = EmailMessage()
        made["From"], made["Date"] = "a@b.example", "Mon, 02 Mar 2026 10:00:00 -0000"
        made.set_content("See the attachment.")
        made.add_attachment("What the attachment says.", filename="notes.txt")
        assert parse_thread(made.as_bytes()).turns[0].text == "See the attachment."


class TestOneMessageWithItsHistory:
    def test_quoted_messages_become_turns(self) -> None:
        raw = message(
            "Friday then.\n\nJoe\n\n"
            "On Tue, 3 Mar 2026 09:00:00 +0000, Ada Brook <ada@orchard.example> wrote:\n"
            "> Friday suits me better.\n"
            ">\n"
            "> On Mon, 2 Mar 2026 10:00:00 +0000, Joe Smith wrote:\n"
            ">> Shall we meet on Thursday?\n",
            date="Tue, 03 Mar 2026 11:00:00 +0000",
        )
        assert said(parse_thread(raw, home_domains=US)) == [
            ("joe@augmentcode.com", 0, "Shall we meet on Thursday?"),
            ("ada@orchard.example", 23 * HOUR, "Friday suits me better."),
            ("joe@augmentcode.com", 25 * HOUR, "Friday then.\nJoe"),
        ]

    def test_headers_as_another_client_quotes_them(self) -> None:
        raw = message(
            "It does not.\n\n________________________________\nFrom: Ada Brook <ada@orchard.example>\n"
            "Sent: Monday 10:02\nTo: Joe Smith\nSubject: Delphi\n\nDoes it read Delphi?\n"
        )
        assert said(parse_thread(raw)) == [
            ("ada@orchard.example", 0, "Does it read Delphi?"),
            ("joe@augmentcode.com", 1, "It does not."),  # a time without a zone: just before the answer
        ]

    def test_who_cannot_be_told_is_an_unknown_speaker(self) -> None:
        raw = message("No.\n\nOn 2 March at 9:00 somebody wrote:\n> Is it ready?\n")
        assert said(parse_thread(raw)) == [(None, 0, "Is it ready?"), ("joe@augmentcode.com", 1, "No.")]


JOE_AND_ADA = People(
    ("joe@augmentcode.com", "Joe Smith"), (("ada@orchard.example", "Ada Brook"),), subject="Re: The board"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One\nline.\n\nTwo.", "One line.\nTwo."),
        ("Three things:\n- one\n- two,\n  longer\n1. three", "Three things:\n- one\n- two, longer\n1. three"),
        ("Yes.\n-- \nJoe Smith\nSales Engineer", "Yes."),
        ("Yes.\n\nBest regards,\nJoe Smith\nSales Engineer\n+1 555 0100", "Yes.\nBest regards, Joe Smith"),
        ("Yes.\n\nSent from my phone", "Yes."),
        ("Yes.\n\nThis e-mail is confidential and may not be read.", "Yes."),
        ("Thanks\n\nBut one question: who decides?", "Thanks\nBut one question: who decides?"),
        ("> Does it?\nIt does.\n> Really?\nReally.", "It does.\nReally."),
        ("Below.\n\nOn 2 March at 10:00, Ada wrote:\n> Does it?\n\nIt does.", "Below.\nIt does."),
        ("It does.\n\nOn 2 March 2026 at 10:00,\nAda Brook <ada@orchard.example>\nwrote:\nDoes it?", "It does."),
        ("Am Ende wird es gut.\n\nAm 02.03.2026 um 10:00 schrieb Ada Brook:\n> Geht es?", "Am Ende wird es gut."),
        ("Ja.\n\nAda Brook <ada@orchard.example> schrieb am Mo., 2.\nMärz 2026 um 10:00 Uhr:\n\n> Geht es?", "Ja."),
        ("On the board he wrote: all is well.", "On the board he wrote: all is well."),
        ("FYI\n\n-----Original Message-----\nold words", "FYI"),
        ("Gone.\n\n*From:* Ada\n*Sent:* Monday\n*To:* Joe\n*Subject:* It\n\nold words", "Gone."),
        ("From: the board\nwe heard nothing.", "From: the board we heard nothing."),
        ("Yes.\n\nJoe\n\nPS: Bring the plan.", "Yes.\nJoe\nPS: Bring the plan."),
        ("As Ada said: yes.\n\nFrom: Ada <ada@orchard.example>\nTo: Joe\n\nold words", "As Ada said: yes."),
        ("We meet Ada at 10:00 on 2 March 2026.\nThen we sign.", "We meet Ada at 10:00 on 2 March 2026. Then we sign."),
        ("Outlook with a reply", "Outlook with a reply"),
        ("| a | b |\n| 1 | 2 |", "| a | b | | 1 | 2 |"),
        ("From: Leeds\nTo: Munich\nDate: Thursday\n\nYes.", "From: Leeds To: Munich Date: Thursday\nYes."),
        ("This:\n\n    index:\n      follow: renames\n      write: no", "This:\nindex: follow: renames write: no"),
        ("We sign above:\n> 20 ms?\nNo.", "We sign above:\nNo."),
    ],
)
def test_own_words(text: str, expected: str) -> None:
    assert own_words(text, JOE_AND_ADA) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Noted.\n\nAda Brook said:\n\nIt costs a day.", "It costs a day."),
        ("Noted.\n\nJoe\n\nIt costs a day. It does.", "It costs a day. It does."),
        ("It costs a day.\n\nAda Brook", "It costs a day.\nAda Brook"),
        ("Noted.\n\nHi Joe,\n\nit costs a day.", "Hi Joe,\nit costs a day."),
        ("Anything above\n> 20 ms is slow.\n\nJoe", "20 ms is slow."),
        ("> a marked line that is so long that its program cuts\nit here\n> and goes on.\n\nNoted.", "it here"),
        ("\nFrom: Ada <ada@orchard.example>\nTo: Joe\n\nDoes it?\n\nAda Brook\n\nIt does.", "It does."),
        ("Noted.\n\nPlease ask ada@orchard.example for it.\n\nJoe", "Please ask ada@orchard.example for it."),
        ("Noted.\n\nOn 2 March 2026 at 10:00, Ada Brook wrote:\n\nold words", ""),
    ],
)
def test_what_has_a_weak_sign_of_a_quotation_is_in_doubt(text: str, expected: str) -> None:
    assert in_paragraphs(divided(text, JOE_AND_ADA).in_doubt) == expected


QUESTIONS = "<p>Does it read tags at all?</p>{}<p>Does it need write access?</p>{}"
HEADERS = "<p>From: Ada Brook &lt;ada@orchard.example&gt;<br>Sent: Monday, 2 March 2026 10:00<br>To: Joe</p>"


@pytest.mark.parametrize("colour", ["color:#0070C0", "COLOR: red", "color:rgb(0, 112, 192)"])
@pytest.mark.parametrize(
    "around", [HEADERS + "{}", "<div style='border-left:solid blue 1.5pt'>" + HEADERS + "{}</div>"], ids=["", "lined"]
)
def test_answers_in_a_colour_are_the_authors_and_wait_where_only_the_colour_says_so(colour: str, around: str) -> None:
    answers = [f"<p><span style='{colour}'>{one}</span></p>" for one in ("It does not, I fear.", "It only reads.")]
    html = "<p>Hi Ada, below in blue.</p>" + around.format(QUESTIONS.format(*answers))
    sent = message(" ", html=html, message_id="<2@augmentcode.com>", References="<1@orchard.example>")
    theirs = message(
        "Does it read tags at all?\n\nDoes it need write access?",
        sender="ada@orchard.example",
        to="joe@augmentcode.com",
        message_id="<1@orchard.example>",
    )
    said_by_joe = "It does not, I fear.\nIt only reads."

    def joes(*export: bytes) -> list[tuple[bool, str]]:
        turns = parse_thread(mbox(*export)).turns
        return [(turn.in_doubt, turn.text) for turn in turns if turn.speaker_id == "joe@augmentcode.com"]

    assert joes(sent) == [(False, "Hi Ada, below in blue."), (True, said_by_joe)]
    assert joes(theirs, sent) == [(False, f"Hi Ada, below in blue.\n{said_by_joe}")]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<div>Yes.</div><div style='border-left:1px solid #ccc'><div>a</div>b</div>c", "Yes.\n> a\n> b\nc"),
        ("<div style='border-left:none'>Yes.</div>", "Yes."),
        ("<blockquote><div style='border-left:2px solid'>a</blockquote>b", "> > a\nb"),
        (
            "<p style='color:#333333'>a</p><p style='color:#1F497D'>b</p><p style='background-color:red'>c</p>",
            "a\nb\nc",
        ),
    ],
)
def test_what_html_marks_as_quoted(html: str, text: str) -> None:
    assert [line for line in as_text(html).split("\n") if line.strip("> ")] == text.split("\n")


class TestWhatStandsInTheThread:
    """Without any sign of a quotation, by the thread alone."""

    ADA = message(
        "The board meets on the second Tuesday, and it costs us about a day each time.\n\nIs it ready?",
        sender="Ada Brook <ada@orchard.example>",
        to="joe@augmentcode.com",
        message_id="<1@orchard.example>",
    )
    LATER = "Tue, 03 Mar 2026 10:00:00 +0000"

    def answered(self, text: str, **more: Any) -> list[tuple[bool, str]]:
        reply = message(text, message_id="<2@augmentcode.com>", **({"date": self.LATER} | more))
        turns = parse_thread(mbox(self.ADA, reply)).turns
        return [(turn.in_doubt, turn.text) for turn in turns if turn.speaker_id == "joe@augmentcode.com"]

    @pytest.mark.parametrize(
        "quoted",
        [
            "The board meets on the second Tuesday, and it costs us about a day each time.",
            "the  board meets\non the “second” Tuesday -- and it costs us about a day\n\neach time Is it ready",
            "The board meets on the second Tuesday, or it costs us about a day each time.",
            "Is it ready?",
        ],
        ids=["verbatim", "wrapped", "one word changed", "a short line"],
    )
    def test_a_passage_of_it_is_not_the_authors(self, quoted: str) -> None:
        assert self.answered(f"Thanks, noted.\n\n{quoted}\n") == [(False, "Thanks, noted.")]

    def test_words_around_a_passage_stay(self) -> None:
        words = "You wrote that the board meets on the second Tuesday, and it costs us about a day, so we help."
        assert self.answered(words) == [(False, "You wrote that […] , so we help.")]

    def test_a_later_message_that_quotes_takes_nothing_from_the_author(self) -> None:
        own = "We would like to show you how the board can be updated without a meeting."
        theirs = message(f"Good.\n\n{own}", sender="ada@orchard.example", to="joe@augmentcode.com", date=self.LATER)
        assert said(parse_thread(mbox(message(own), theirs)))[0][2] == own

    def test_a_clock_that_is_wrong_does_not_turn_it_round(self) -> None:
        text = "Noted.\n\nThe board meets on the second Tuesday, and it costs us about a day each time."
        early = self.answered(text, date="Mon, 02 Mar 2026 09:00:00 +0000", In_Reply_To="<1@orchard.example>")
        assert early == [(False, "Noted.")]

    def test_answers_between_its_lines_are_the_authors(self) -> None:
        text = (
            "Hi Ada,\n\nFrom: Ada Brook <ada@orchard.example>\nSent: Monday, 2 March 2026 10:00\nTo: Joe\n\n"
            "The board meets on the second Tuesday, and it costs us about a day each time.\n\n"
            "We can move it to the Monday before.\n\nIs it ready?\n\nIt is.\n"
        )
        assert self.answered(text)[0] == (False, "Hi Ada,\nWe can move it to the Monday before.\nIt is.")


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; owner=x"},
        {"Precedence": "bulk"},
        {"Precedence": "auto_reply"},
        {"X_Autoreply": "yes"},
    ],
)
def test_an_automatic_reply_is_nobodys_words(headers: dict[str, str]) -> None:
    away = message("I am away and will send you the plan on Monday.", message_id="<9@augmentcode.com>", **headers)
    assert said(parse_thread(mbox(QUESTION, away))) == said(parse_thread(mbox(QUESTION)))
    with pytest.raises(Unreadable):
        parse_thread(away)


@pytest.mark.parametrize(
    ("subject", "turns"),
    [
        ("Automatic reply: The board", 0),
        ("Out of Office: The board", 0),
        ("Automatische Antwort: The board", 0),
        ("Réponse automatique : The board", 0),
        ("自動応答: The board", 0),
        ("Re: Automatic reply: The board", 1),
        ("Automatic replies in your product", 1),
        ("Auto-reply feature?", 1),
    ],
)
def test_an_automatic_reply_is_known_by_its_subject_where_no_header_says_so(subject: str, turns: int) -> None:
    one = {"from": "joe@augmentcode.com", "date": "2026-03-02T12:00:00Z", "text": "I am away.", "subject": subject}
    other = {"from": "ada@orchard.example", "date": "2026-03-02T11:00:00Z", "text": "Is it ready?"}
    assert len(parse_thread(json.dumps([one, other]).encode()).turns) == 1 + turns


def test_a_mailing_lists_mail_is_a_persons() -> None:
    assert parse_thread(message("Hello.", Precedence="list", Auto_Submitted="no")).turns


def test_a_doubtful_turn_is_kept_as_one() -> None:
    thread = parse_thread(message("Noted.\n\nAda Brook said:\n\nIt costs a day."))
    assert [turn.in_doubt for turn in thread.turns] == [False, True]
    assert decode_conversation(encode_conversation(thread)) == thread


CASES = "cases/mail/*.eml"
CUSTOMERS = ("trial numbers again", "300 hours", "the original email", "the parent", "in room")


@pytest.mark.lent(CASES)
@pytest.mark.parametrize("path", lent(CASES), ids=lambda path: path.stem)
def test_no_word_of_the_customers_is_ours_in_mails_that_were_met(path: Path) -> None:
    if "ooo" in path.stem:
        with pytest.raises(Unreadable):
            parse_thread(path.read_bytes())
        return
    thread = parse_thread(path.read_bytes(), home_domains=US)
    ours = " ".join(turn.text for turn in thread.turns if turn.speaker_id == "joe@augmentcode.com").casefold()
    assert ours
    assert not any(words in ours for words in CUSTOMERS)


def test_html_as_clients_write_it() -> None:
    html = (
        '<div>Friday suits me.</div><div><br></div><div>Ada</div><div class="gmail_signature">Head of Platform</div>'
        '<div class="gmail_quote"><div class="gmail_attr">On 2 Mar 2026 at 10:00, Joe &lt;joe@a.example&gt; wrote:'
        "<br></div><blockquote><div>Shall we meet?</div><blockquote>older</blockquote></blockquote></div>"
    )
    assert own_words(as_text(html)) == "Friday suits me.\nAda"
    assert "> Shall we meet?" in as_text(html)
    assert "> > older" in as_text(html)


PIECES = st.sampled_from(
    [
        b"From: a@b.example\r\n",
        b"From x\nFrom: Ada <a@b.example>\n",
        b"Date: Mon, 02 Mar 2026 10:00:00 +0000\n",
        b"Date: 99 Foo 99999 99:99 +9999\n",
        b"Subject: =?utf-8?b?!!!?=\n",
        b"Content-Type: multipart/mixed; boundary=x\n",
        b"Content-Type: text/html; charset=\xff\n",
        b"Content-Type: message/rfc822\n",
        b"Content-Transfer-Encoding: base64\n",
        b"MIME-Version: 1.0\n",
        b"\n--x\n",
        b"\n--x--\n",
        b"\n\nHello.\n",
        b"> quoted\n",
        b"On 2 March at 10:00, Ada <a@b.example> wrote:\n",
        b"<blockquote><![if !x]><p>",
        b'[{"from": "a@b.example", "date": "2026-03-02T10:00:00Z", "text": "x"}]',
        b"\x00\xff\xfe",
    ]
)


NOISE = st.binary(max_size=300) | st.lists(PIECES | st.binary(max_size=12), max_size=14).map(b"".join)


@settings(max_examples=examples(400), deadline=None)
@given(NOISE | NOISE.map(lambda noise: mbox(QUESTION) + noise))
@example(mbox(QUESTION, ANSWER))
def test_any_bytes_give_a_thread_or_a_complaint(raw: bytes) -> None:
    try:
        thread = parse_thread(raw, home_domains=US)
    except Rejected:
        return
    assert thread.medium == "email"
    assert thread.turns
    assert thread.turns[0].start_ms == 0
    assert all(turn.text.strip() for turn in thread.turns)
    assert all(earlier.start_ms <= later.start_ms for earlier, later in pairwise(thread.turns))
    thread.turns[0].text.encode("utf-8")


@given(st.text(max_size=400))
def test_any_html_is_read(html: str) -> None:
    own_words(as_text("<p>" + html))


@settings(max_examples=examples(60), deadline=None)
@given(
    st.permutations([QUESTION, ANSWER, message("Good.", date="Wed, 04 Mar 2026 10:00:00 +0000")]), st.integers(0, 99)
)
def test_any_order_and_any_repetition_give_the_same_thread(messages: list[bytes], seed: int) -> None:
    again = [*messages, random.Random(seed).choice(messages)]
    assert parse_thread(mbox(*again)) == parse_thread(mbox(*sorted(messages)))
