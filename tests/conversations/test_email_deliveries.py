"""Shows what other messages of a thread tell about whose words are whose, and what headers alone tell."""

from __future__ import annotations

import pytest

from shared.conversations.domain.conversation import Conversation
from shared.conversations.wire.email_thread import parse_thread, thread_heads
from tests.conversations.mailbox import US, mbox, message, said

THEIRS = "The board meets on the second Tuesday, and it costs us about a day each time."
JOE, ADA = "joe@augmentcode.com", "ada@orchard.example"


def mail(sender: str, hour: int, text: str, **more: str) -> bytes:
    to = ADA if sender.endswith("augmentcode.com") else JOE
    date = f"Tue, 03 Mar 2026 {hour:02}:00:00 +0000"
    return message(text, sender=sender, to=to, date=date, message_id=f"<{hour}@x.example>", **more)


def joes(thread: Conversation) -> list[tuple[bool, str]]:
    return [(turn.in_doubt, turn.text) for turn in thread.turns if turn.speaker_id == JOE]


def test_what_another_mail_quotes_as_somebody_elses_waits() -> None:
    reply = mail(JOE, 10, f"Thanks, noted.\n\n{THEIRS}")
    later = mail("mia@augmentcode.com", 12, f"Hi,\n\nOn 2 March 2026 at 09:00 Ada Brook <{ADA}> wrote:\n> {THEIRS}\n")
    assert joes(parse_thread(mbox(reply, later))) == [(False, "Thanks, noted."), (True, THEIRS)]


def test_what_another_mail_quotes_as_the_authors_stays() -> None:
    reply = mail(JOE, 10, THEIRS)
    later = mail(ADA, 12, f"Good.\n\nOn 3 March 2026 at 10:00 Joe Smith <{JOE}> wrote:\n> {THEIRS}\n")
    assert joes(parse_thread(mbox(reply, later))) == [(False, THEIRS)]


def test_mails_that_come_one_by_one_are_one_thread() -> None:
    first = parse_thread(mail(ADA, 9, f"{THEIRS}\n\nAda"), home_domains=US, thread_id="7")
    both = parse_thread(mail(JOE, 10, f"Noted.\n\n{THEIRS}"), home_domains=US, thread_id="7", known=first)
    assert said(both) == [(ADA, 0, f"{THEIRS}\nAda"), (JOE, 3_600_000, "Noted.")]
    assert [party.email for party in both.parties] == [ADA, JOE]


def test_an_earlier_mail_that_comes_later_takes_its_words_back() -> None:
    first = parse_thread(mail(JOE, 10, f"Noted.\n\n{THEIRS}"), thread_id="7")
    assert joes(first) == [(False, f"Noted.\n{THEIRS}")]
    assert joes(parse_thread(mail(ADA, 9, THEIRS), thread_id="7", known=first)) == [(False, "Noted.")]


def test_the_same_mail_again_changes_nothing() -> None:
    export = mbox(mail(ADA, 9, THEIRS), mail(JOE, 10, f"Noted.\n\n{THEIRS}"))
    first = parse_thread(export)
    assert parse_thread(export, known=first) == first


def test_headers_alone_say_who_wrote_when() -> None:
    export = mbox(mail(ADA, 9, "<b>" * 9), mail(JOE, 10, "Yes.", Cc="boss@orchard.example"))
    read, whole = thread_heads(export, home_domains=US), parse_thread(export, home_domains=US)
    heads = read.thread
    assert (heads.turns, read.messages) == ((), 2)
    assert (heads.call_id, heads.started, heads.parties) == (whole.call_id, whole.started, whole.parties)


@pytest.mark.parametrize(
    ("subject", "headers", "text"),
    [
        ("Accepted: Trial review", {}, "Yes."),
        ("Undeliverable: Trial", {}, "It could not be delivered."),
        ("Trial", {"X_Auto_Response_Suppress": "All"}, "I am away."),
        ("Trial", {"Return_Path": "<>"}, "I am away."),
        ("Trial", {"X_List_Administrivia": "yes"}, "Your subscription."),
    ],
)
def test_what_programs_write_is_nobodys(subject: str, headers: dict[str, str], text: str) -> None:
    export = mbox(mail(ADA, 9, THEIRS), mail(JOE, 10, text, subject=subject, **headers))
    assert joes(parse_thread(export)) == []
    assert [party.email for party in thread_heads(export).thread.parties if party.speaker_id] == [ADA]


def test_a_bounce_and_a_calendars_answer_are_nobodys() -> None:
    def replied(kind: str, inner: str) -> bytes:
        head = f"From: {JOE}\nTo: {ADA}\nDate: Tue, 03 Mar 2026 10:00:00 +0000\nMIME-Version: 1.0\n"
        part = "--b\nContent-Type: text/plain\n\nJoe has said something.\n"
        return f'{head}Content-Type: {kind}; boundary="b"\n\n{part}--b\nContent-Type: {inner}\n\nx\n--b--\n'.encode()

    for kind, inner in (
        ("multipart/report", "message/delivery-status"),
        ("multipart/alternative", 'text/calendar; method="REPLY"'),
    ):
        assert joes(parse_thread(mbox(mail(ADA, 9, THEIRS), replied(kind, inner)))) == []
    assert joes(parse_thread(replied("multipart/alternative", "text/calendar; method=REQUEST")))


@pytest.mark.parametrize(
    "text",
    [
        "Hello,\n\nI am out of the office until Monday and will answer then.",
        "Guten Tag,\n\nich bin bis Montag nicht im Büro.",
        "Bonjour,\n\nje suis actuellement absente.",
    ],
)
def test_what_reads_like_an_absence_note_without_a_header_waits(text: str) -> None:
    ((in_doubt, _),) = joes(parse_thread(mail(JOE, 10, text)))
    assert in_doubt


def test_who_says_when_they_are_away_in_a_long_mail_wrote_it() -> None:
    text = "I will be out of the office from Monday.\n\n" + "Before that I send you the plan. " * 20
    ((in_doubt, _),) = joes(parse_thread(mail(JOE, 10, text)))
    assert not in_doubt
