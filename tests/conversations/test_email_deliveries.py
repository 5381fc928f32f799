"""Shows what other messages of a thread tell about whose words are whose, and what headers alone tell."""

from __future__ import annotations

from typing import Final, Literal
from unicodedata import combining, normalize

import pytest

from shared.conversations.domain.conversation import Conversation
from shared.conversations.wire.email_message import Unreadable
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


FRENCH = "Nous avons perdu près de quatre cents heures à cause de défauts répétés, et la direction exige une réduction."
KANA = "ｹｰﾌﾞﾙ接続ﾐｽで先期は四百時間を失いました。取締役会は六月までに半分にしたいと言っています。"
HANGUL = "지난 분기에 실패한 배포 때문에 사백 시간을 잃었고 이사회는 절반으로 줄이기를 원합니다."
Form = Literal["NFC", "NFD", "NFKC", "NFKD"]
FORMS: Final[tuple[Form, ...]] = ("NFC", "NFD", "NFKC", "NFKD")


@pytest.mark.parametrize(
    "theirs", [FRENCH, KANA, HANGUL, FRENCH.upper()], ids=["accents", "kana", "hangul", "capitals"]
)
@pytest.mark.parametrize("written", FORMS)
@pytest.mark.parametrize("quoted", [*FORMS, None])
def test_words_in_another_form_of_unicode_are_the_same_words(theirs: str, written: Form, quoted: Form | None) -> None:
    first = mail(ADA, 9, normalize(written, theirs))
    bare = "".join(one for one in normalize("NFD", theirs) if not combining(one))
    copied = normalize(quoted, theirs) if quoted else normalize("NFC", bare)
    assert joes(parse_thread(mbox(first, mail(JOE, 10, f"Noted.\n\n{copied}")))) == [(False, "Noted.")]


def of_parts(*parts: str) -> bytes:
    """Returns a mail of Joe's whose parts have these headers, and say the first `Noted.`, the next what is theirs."""
    words = ["Noted.", *[THEIRS] * 9] if len(parts) > 1 else [THEIRS]
    head = f"From: {JOE}\nTo: {ADA}\nDate: Tue, 03 Mar 2026 10:00:00 +0000\nMIME-Version: 1.0\n"
    body = "".join(f"--b\nContent-Type: {part}\n\n{said}\n" for part, said in zip(parts, words, strict=False))
    return f"{head}Content-Type: multipart/mixed; boundary=b\n\n{body}--b--\n".encode()


@pytest.mark.parametrize(
    "part",
    [
        "text/plain; name=notes.txt",
        "text/plain; name=notes.txt\nContent-Disposition: inline; filename=notes.txt",
        "text/plain\nContent-Disposition: inline; filename*=utf-8''notes.txt",
        "text/plain\nContent-Disposition: attachment",
        "multipart/mixed; boundary=c\nContent-Disposition: attachment\n\n--c\nContent-Type: text/plain\n",
        "message/rfc822; name=old.eml\n\nFrom: ada@orchard.example",
    ],
)
def test_a_part_with_a_files_name_is_an_attachment(part: str) -> None:
    assert joes(parse_thread(of_parts("text/plain", part))) == [(False, "Noted.")]
    assert joes(parse_thread(of_parts("text/plain; charset=utf-8", part, part))) == [(False, "Noted.")]


def test_the_only_text_is_what_the_mail_says_though_it_has_a_name() -> None:
    assert joes(parse_thread(of_parts("text/plain; name=body.txt"))) == [(False, THEIRS)]
    with pytest.raises(Unreadable):
        parse_thread(of_parts("text/plain; name=a.txt\nContent-Disposition: inline; filename=a.txt"))


INJECTED = f"From: Joe Smith <{JOE}>\nTo: {ADA}\nDate: Tue, 03 Mar 2026 09:30:00 +0000\n\n{THEIRS}\n"


@pytest.mark.parametrize(
    "line",
    [
        "\nFrom joe",
        "\nFrom here on I quote",
        "From joe Tue Mar  3 09:30:00 2026",
        "\nFrom joe Tue Mar  3 09:30:00 2026",
        "\nFrom joe@augmentcode.com Tue Mar  3 09:30:00 +0000 2026",
    ],
)
def test_a_mail_within_a_mail_is_not_our_employees(line: str) -> None:
    body = mail(ADA, 9, "Hello Joe.").decode() + f"{line}\n{INJECTED}"
    thread = parse_thread(mbox(body.encode(), mail(JOE, 10, "Noted.")))
    assert [one for one in joes(thread) if not one[0]] == [(False, "Noted.")]


@pytest.mark.parametrize(
    "line",
    [
        b"From - Tue Mar  3 09:30:00 2026",
        b"From 1234567890@xxx Tue Mar 03 09:30:00 +0000 2026",
        b"From MAILER-DAEMON Tue Mar  3 09:30:00 2026",
        b"From joe@augmentcode.com Tue, 3 Mar 2026 09:30:00 +0100",
    ],
)
def test_each_form_of_a_mailboxs_separator_is_known(line: bytes) -> None:
    export = b"".join(b"%b\n%b\n" % (line, one) for one in (mail(ADA, 9, THEIRS), mail(JOE, 10, "Noted.")))
    assert joes(parse_thread(export)) == [(False, "Noted.")]
    assert joes(parse_thread(export.replace(b"\n", b"\r\n"))) == [(False, "Noted.")]
