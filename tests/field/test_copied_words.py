"""What an author copies of somebody else's words from elsewhere than a mail program is not taken for the author's."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shared.conversations.wire.email_thread import parse_thread

JOE, CARLA = "Joe Smith <joe@home.example>", "Carla Diaz <carla@acme.example>"
OWN = "Thanks, noted. I will come back to you tomorrow with a date."
THEIRS = "We spend about eighty thousand euros a year on manual test environments, and our auditors keep asking."
MORE = "The security team wants single sign on before anything else happens here."


def mail(text: str, *, by: str = JOE, to: str = CARLA, at: str = "2026-03-03T10:00:00+01:00", **more: Any) -> Any:
    return {"from": by, "to": to, "date": at, "subject": "Pilot", "message_id": f"<{by[0]}@x>", "text": text, **more}


def joes(*mails: Any) -> tuple[str, str]:
    """What is taken for Joe's for sure, and what is in doubt."""
    return _parted(json.dumps(mails).encode())


def _parted(export: bytes) -> tuple[str, str]:
    turns = [one for one in parse_thread(export).turns if one.speaker_id == "joe@home.example"]
    sure, doubtful = ("\n".join(one.text for one in turns if one.in_doubt is doubt) for doubt in (False, True))
    return sure, doubtful


COPIED = {
    "slack": f"Carla Diaz  10:42 AM\n{THEIRS}\n\n{MORE}",
    "slack on two lines": f"Carla Diaz\n  10:42 AM\n{THEIRS}\n\n{MORE}",
    "teams": f"[Yesterday 10:42] Carla Diaz\n{THEIRS}\n{MORE}",
    "teams in german": f"[Gestern 10:42] Diaz, Carla\n{THEIRS}\n{MORE}",
    "whatsapp": f"[02/03/2026, 10:42:11] Carla Diaz: {THEIRS}\n[02/03/2026, 10:43:11] Carla Diaz: {MORE}",
    "whatsapp on android": f"02/03/2026, 10:42 - Carla Diaz: {THEIRS}\n02/03/2026, 10:43 - Carla: {MORE}",
    "a message of a network": f"Carla Diaz sent the following message at 10:42 AM\n\n{THEIRS}\n{MORE}",
    "comments of a document": f"Carla Diaz\n10:42 2 Mar\n{THEIRS}\n{MORE}",
    "minutes": f"- Carla: {THEIRS}\n- Carla: {MORE}",
    "one header": f"From: Carla Diaz\n\n{THEIRS}\n{MORE}",
    "no colon": f"On Tuesday Carla wrote\n\n{THEIRS}\n{MORE}",
    "no colon, right above": f"On Tuesday Carla wrote\n{THEIRS}\n{MORE}",
    "no colon and an address": f"Carla Diaz (carla@acme.example) wrote on 2 Mar 2026\n\n{THEIRS}\n{MORE}",
    "no colon, a verb that nobody lists": f"เมื่อ อ. 2 มี.ค. 2569 เวลา 10:42 Carla เขียนว่า\n{THEIRS}\n{MORE}",
    "somebody who is not of the mail": f"On Mon, 2 Mar 2026 Peter Novak wrote:\n{THEIRS}\n{MORE}",
    "double quotes": f'You said "{THEIRS} {MORE}", and I agree.',
    "german quotes": f"Du schriebst: „{THEIRS} {MORE}“",
    "guillemets": f"You wrote: «{THEIRS} {MORE}»",
    "wide marks": f"＞ {THEIRS}\n＞ {MORE}",
    "single angles": f"› {THEIRS}\n› {MORE}",
    "single quotes": f"You said '{THEIRS} {MORE}' on the phone.",
    "single quotes over paragraphs": f"'{THEIRS}\n\n{MORE}'",
    "single quotes with apostrophes": f"You said 'Carla's team can't wait. {THEIRS} {MORE}', and I agree.",
    "curved single quotes": f"‘{THEIRS} {MORE}’",
    "low single quotes": f"‚{THEIRS} {MORE}‘",
    "single guillemets": f"‹{THEIRS} {MORE}›",
    "white corner brackets": f"『{THEIRS} {MORE}』",
    "an introduction": f"What you told me on the phone:\n\n{THEIRS}\n\n{MORE}",
    "an introduction right above": f"What you told me on the phone:\n{THEIRS}\n{MORE}",
    "an introduction with a dash": f"From our call, as I have it in my notes –\n\n{THEIRS}\n\n{MORE}",
    "an introduction at a paragraph's end": f"I have read it twice. It was this:\n\n{THEIRS} {MORE}",
    "nobody's name, a verb and a date": f"schrieb am 2.3.2026 fuer das Team\n\n{THEIRS}\n{MORE}",
}


@pytest.mark.parametrize("to", [CARLA, "carla@acme.example"], ids=["named", "address alone"])
@pytest.mark.parametrize("copied", COPIED.values(), ids=COPIED)
def test_what_was_copied_is_in_doubt_or_left_out(copied: str, to: str) -> None:
    sure, _ = joes(mail(f"{OWN}\n\n{copied}", to=to))
    assert "eighty thousand" not in sure
    assert "single sign on" not in sure
    assert "come back to you tomorrow" in sure


JUERGEN = {
    "without accents in the words": ("Jürgen Größl <jg@acme.example>", "Juergen Groessl"),
    "without accents in the header": ("Juergen Groessl <jg@acme.example>", "Jürgen Größl"),
    "bare letters": ("Åsa Øberg Łuczak <aol@acme.example>", "Asa Oberg Luczak"),
    "two letters for one": ("Åsa Øberg Łuczak <aol@acme.example>", "Aasa Oeberg Luczak"),
    "as the address has it": ("Ольга Смирнова <olga.smirnova@acme.example>", "Olga Smirnova"),
}


@pytest.mark.parametrize("introduced", ["Am 2. Maerz 2026 schrieb {} fuer uns:", "{} schrieb am Dienstag fuer uns"])
@pytest.mark.parametrize(("to", "name"), JUERGEN.values(), ids=JUERGEN)
def test_a_name_is_known_however_its_letters_are_written(to: str, name: str, introduced: str) -> None:
    sure, _ = joes(mail(f"{OWN}\n\n{introduced.format(name)}\n\n{THEIRS}\n{MORE}", to=to))
    assert (OWN in sure, "eighty thousand" in sure) == (True, False)


FOLDED = {
    "folded away": f"<details><summary>Earlier</summary><p>{THEIRS}</p></details>",
    "a class that says so": f'<div class="gmail_quote"><p>{THEIRS}</p></div>',
    "among other classes": f"<div class='x y_mail-quoted z'>{THEIRS}<br></div>",
    "an id": f"<section id=forwarded-message>{THEIRS}</section>",
    "one within the other": f'<div class="yahoo_quoted"><div class="cite"><p>{THEIRS}</p></div></div>',
    "never closed": f"<details><p>{THEIRS}",
}


@pytest.mark.parametrize("folded", FOLDED.values(), ids=FOLDED)
def test_what_an_element_folds_away_or_calls_quoted_waits(folded: str) -> None:
    sure, doubtful = joes(mail("", html=f"<p>{OWN}</p>{folded}"))
    assert (OWN in sure, "eighty thousand" in sure, "eighty thousand" in doubtful) == (True, False, True)


def test_answers_beside_what_such_an_element_marks_as_quoted_are_the_authors() -> None:
    quoted = f"<blockquote>{THEIRS}</blockquote><p>{MORE}</p><blockquote>{THEIRS}</blockquote>"
    sure, doubtful = joes(mail("", html=f"<p>{OWN}</p><div class='gmail_quote'>{quoted}</div>"))
    assert (MORE in sure, "eighty thousand" in sure + doubtful) == (True, False)


HEADERS = (
    "<b>From:</b> Carla Diaz &lt;carla@acme.example&gt;<br><b>Sent:</b> 2 March 2026 10:42<br><b>To:</b> Joe Smith"
)
BLUE, GREEN = "<p style='color:#0070C0'>{}</p>", "<p style='color:#00aa00'>{}</p>"
ANSWER = "Two rooms, and nobody waits for them."


def coloured(above: str, below: str, **more: Any) -> tuple[str, str]:
    return joes(mail("", html=f"<p>{above}</p><hr><p>{HEADERS}</p>{below}", **more))


@pytest.mark.parametrize("references", [None, "<lost@x>"])
def test_answers_in_a_colour_count_where_the_author_says_nothing_but_hello(references: str | None) -> None:
    more = {"references": references} if references else {}
    sure, _ = coloured("Hi Carla,", f"<p>{THEIRS}</p>{BLUE.format(ANSWER)}<p>{MORE}</p>", **more)
    assert (ANSWER in sure, "eighty" in sure, "single sign" in sure) == (True, False, False)


@pytest.mark.parametrize(
    ("above", "below"),
    [
        (OWN, f"<p>{THEIRS}</p>{BLUE.format(MORE)}<p>{ANSWER}</p>"),
        ("Hi Mia,", f"<p>{THEIRS}</p>{BLUE.format(MORE)}<p>{ANSWER}</p>"),
        ("Hi Carla,", f"<p>{THEIRS}</p>{BLUE.format(MORE)}"),
        ("Hi Carla,", f"<p>{THEIRS}</p>{BLUE.format(ANSWER)}<p>Best,</p><p>Carla Diaz</p>{GREEN.format(MORE)}<p>.</p>"),
    ],
    ids=["the author says something above", "it is forwarded", "nothing stands below", "a signature's colour"],
)
@pytest.mark.parametrize("references", [None, "<lost@x>"])
def test_a_colour_that_may_be_the_others_own_waits(above: str, below: str, references: str | None) -> None:
    more: dict[str, Any] = {"references": references} if references else {}
    sure, _ = coloured(above, below, to=f"{CARLA}, Mia Chen <mia@home.example>", **more)
    assert ("eighty" in sure, "single sign" in sure) == (False, False)


def test_answers_that_nothing_shows_wait_below_a_greeting_alone() -> None:
    headers = "From: Carla Diaz <carla@acme.example>\nSent: 2 March 2026 10:42\nTo: Joe Smith\nSubject: Pilot"
    sure, doubtful = joes(mail(f"Hi Carla,\n\n{headers}\n\n{THEIRS}\n\n{ANSWER}\n\n{MORE}\n"))
    assert (sure, ANSWER in doubtful) == ("Hi Carla,", True)
    sure, doubtful = joes(mail(f"{OWN}\n\n{headers}\n\n{THEIRS}\n\n{ANSWER}\n\n{MORE}\n"))
    assert (sure, doubtful) == (OWN, "")


@pytest.mark.parametrize(
    "quoted",
    [
        f"<p><q>{THEIRS}</q></p>",
        f"<div style='border-inline-start:2px solid'>{THEIRS}</div>",
        f"<div style='border-style:solid;border-width:0 0 0 2px'>{THEIRS}</div>",
        f"<div style='display:none'>{THEIRS}</div>",
        f"<span style='font-size:0'>{THEIRS}</span>",
    ],
)
def test_html_that_quotes_or_hides_is_not_taken_for_the_authors(quoted: str) -> None:
    sure, _ = joes(mail("", html=f"<p>{OWN}</p>{quoted}<p>One more thing.</p>"))
    assert "eighty thousand" not in sure
    assert "come back to you tomorrow" in sure
    assert "One more thing." in sure


@pytest.mark.parametrize(
    "own",
    [
        "To Carla's first point: we cover it today.",
        "Carla, could you send me the list of systems by Friday?",
        'We call it "the release train", and it leaves every second Tuesday.',
        "Shall we say 10:42 on Tuesday, Carla?",
        "On Tuesday Carla wrote that the auditors ask for it, so\nwe bring the report.",
        "I have read what Carla wrote\nand agree.",
        "A workshop at 14:00 with Carla and the whole platform team would help us both.",
        "It's the customers' data, and the users' rights; we don't keep what isn't ours.",
        "Who signs: you, or the board of your holding company in Leeds?",
    ],
)
def test_what_an_author_writes_about_others_stays_the_authors(own: str) -> None:
    sure, doubtful = joes(mail(f"{OWN}\n\n{own}\n\nThe rest follows tomorrow."))
    assert " ".join(own.split()) in sure
    assert "The rest follows" in sure
    assert doubtful == ""


@pytest.mark.parametrize("cell", ["<td>{}</td>", "<th>{}</th>", "<td> <b>{}</b> </td>"])
@pytest.mark.parametrize(
    "rows", [("From|Carla Diaz", "Sent|Mar 2"), ("Von|Carla Diaz", "Datum|2.3.2026", "An|Joe Smith")]
)
def test_headers_in_a_table_are_read_cell_by_cell(rows: tuple[str, ...], cell: str) -> None:
    table = "".join(f"<tr>{''.join(map(cell.format, row.split('|')))}</tr>" for row in rows)
    sure, _ = joes(mail("", html=f"<p>{OWN}</p><table>{table}</table><p>{THEIRS}</p>"))
    assert "eighty thousand" not in sure
    assert "come back to you tomorrow" in sure


def test_a_table_of_the_authors_is_read_with_spaces_between_its_cells() -> None:
    table = "<table><tr><td>Seats</td><td>40</td></tr><tr><td>Price</td><td>9 euros</td></tr></table>"
    assert joes(mail("", html=f"<p>{OWN}</p>{table}<p>More tomorrow.</p>")) == (
        f"{OWN}\nSeats 40 Price 9 euros\nMore tomorrow.",
        "",
    )


COPY = f"{OWN}\n\n{THEIRS}"
AHEAD = "2026-03-03T13:00:00+01:00"
"""Of a clock that is three hours ahead."""


def test_words_of_a_mail_that_only_a_clock_puts_behind_are_in_doubt() -> None:
    sure, doubtful = joes(mail(THEIRS, by=CARLA, to=JOE, at=AHEAD), mail(COPY))
    assert "eighty thousand" not in sure
    assert "eighty thousand" in doubtful
    assert "come back to you tomorrow" in sure


def test_the_mail_that_is_answered_was_there_before_whatever_the_clocks_say() -> None:
    sure, doubtful = joes(mail(THEIRS, by=CARLA, to=JOE, at=AHEAD), mail(COPY, in_reply_to="<C@x>"))
    assert "eighty thousand" not in sure + doubtful


@pytest.mark.parametrize("later", [{"in_reply_to": "<J@x>"}, {"at": "2026-03-05T10:00:00+01:00"}])
def test_an_author_who_is_copied_later_keeps_the_words(later: dict[str, str]) -> None:
    sure, _ = joes(mail(COPY), mail(f"Agreed.\n\n{THEIRS}", by=CARLA, to=JOE, **{"at": AHEAD, **later}))
    assert "eighty thousand" in sure


HEADS = f"To: {CARLA}\nDate: Tue, 3 Mar 2026 10:00:00 +0100\nSubject: Pilot\nMessage-ID: <a@x>\n"


@pytest.mark.parametrize(
    ("written", "in_doubt"),
    [
        (f"From: {JOE}\n", False),
        (f"From: {JOE}\nSender: sequences@mailer.example\n", False),
        (f"From: {JOE}\nReply-To: Mia <mia@home.example>\n", False),
        (f"From: {JOE}\nAuthentication-Results: mx.home.example; spf=pass; dmarc=pass\n", False),
        (f"From: {JOE}\nSender: {CARLA}\n", True),
        (f"From: {JOE}\nReply-To: {CARLA}\n", True),
        (f"From: {JOE}\nX-Original-From: {CARLA}\n", True),
        ("From: Carla Diaz via Support <joe@home.example>\n", True),
        ('From: "carla@acme.example" <joe@home.example>\n', True),
        (f"From: {JOE}\nAuthentication-Results: mx.home.example; spf=fail; dmarc=fail\n", True),
    ],
)
def test_a_mail_whose_headers_name_another_writer_is_in_doubt(written: str, in_doubt: bool) -> None:
    sure, doubtful = _parted(f"{written}{HEADS}\n{OWN}\n".encode())
    assert OWN in (doubtful if in_doubt else sure)
    assert OWN not in (sure if in_doubt else doubtful)


SET_APART = {
    "indented": f"    {THEIRS}\n\n    {MORE}",
    "indented by tabs": f"\t{THEIRS}\n\t{MORE}",
    "below a rule": f"----------\n\n{THEIRS}\n\n{MORE}",
    "between two rules": f"==========\n{THEIRS}\n{MORE}\n==========\n\nThe rest follows.",
    "a stranger wrote": f"Peter Novak wrote:\n\n{THEIRS}\n\n{MORE}",
    "a stranger alone": f"Peter Novak:\n{THEIRS}\n{MORE}",
    "a stranger's first name": f"Peter a écrit :\n\n{THEIRS}\n\n{MORE}",
    "a sign before each line": f"% {THEIRS}\n% {MORE}",
}


@pytest.mark.parametrize("passage", SET_APART.values(), ids=SET_APART)
def test_what_a_lone_mail_sets_apart_waits(passage: str) -> None:
    sure, doubtful = joes(mail(f"{OWN}\n\n{passage}"))
    assert "come back to you tomorrow" in sure
    assert "eighty thousand" not in sure
    assert "single sign on" not in sure
    assert "eighty thousand" in doubtful


LAID_OUT = {
    "code": "This is the change:\n\n    index:\n      follow: renames\n      write: false\n\nNothing else is touched.",
    "a list": "Next Steps:\n  - you invite the security team by Friday\n  - we send the plan on Monday.",
    "an item on two lines": "1. We send the plan on Monday, with a list of risks,\n   and you read it by Friday.",
    "a heading with a line below": f"The pilot\n---------\n{THEIRS}",
    "an announced list": "Two things to do:\n\n- invite the security team by Friday\n- agree on a budget of your own.",
    "a colon at a wrapped line's end": "We bring what the auditors of your firm asked for in May:\na report of risks.",
    "first lines set in": "   We send the plan on Monday, with a list of all risks,\nand you read it by Friday.",
}


@pytest.mark.parametrize("own", LAID_OUT.values(), ids=LAID_OUT)
def test_how_an_author_lays_out_a_lone_mail_is_the_authors(own: str) -> None:
    assert joes(mail(f"{OWN}\n\n{own}"))[1] == ""


@pytest.mark.parametrize("greeting", ["Dear Carla:", "Estimada Carla:", "Estimada señora Diaz:"])
def test_words_below_a_greeting_with_a_colon_are_the_authors_in_their_thread(greeting: str) -> None:
    asked = mail(THEIRS, by=CARLA, to=JOE, at="2026-03-02T10:00:00+01:00")
    assert joes(asked, mail(f"{greeting}\n\n{OWN}", references="<C@x>")) == (f"{greeting}\n{OWN}", "")


def test_what_is_announced_ends_at_the_authors_signature() -> None:
    sure, doubtful = joes(mail(f"{OWN}\n\nWhat you told me:\n\n{THEIRS}\n\nBest regards,\nJoe"))
    assert (sure.endswith("Best regards, Joe"), doubtful) == (True, THEIRS)


def comments(mine: str, yours: str) -> str:
    return f"## Reply above this line ##\n\n----\n\n{mine}\n\n{OWN}\n\n----\n\n{yours}\n\n{THEIRS}\n"


@pytest.mark.parametrize(
    ("mine", "yours", "counts"),
    [
        ("Joe Smith (Home)\nMar 3, 2026, 10:00 AM GMT+1", "Carla Diaz\nMar 3, 2026, 9:12 AM GMT+1", True),
        ("Joe Smith added a reply - Tue, 3 Mar 2026 at 4:00 AM", "Carla Diaz wrote in - Mon, 2 Mar at 5:12 PM", True),
        ("2026-03-03 14:30:12 IST - Joe Smith", "2026-03-03 13:42:12 IST - Nobody Known", True),
        ("Joe Smith\nMar 2, 2026, 10:00 AM GMT+1", "Carla Diaz\nMar 1, 2026, 9:12 AM GMT+1", False),
        ("Joe Smith\nMar 3, 2026, 8:21 AM GMT+1", "Carla Diaz\nMar 1, 2026, 9:12 AM GMT+1", False),
    ],
)
def test_of_listed_comments_the_one_with_the_mails_own_time_counts(mine: str, yours: str, counts: bool) -> None:
    sure, doubtful = joes(mail(comments(mine, yours), references="<lost@x>"))
    assert (OWN in sure, OWN in doubtful) == (counts, not counts)
    assert "eighty thousand" not in sure


def test_a_comment_counts_below_older_ones_too() -> None:
    text = f"Carla Diaz\n3 Mar 2026, 09:12\n\n{THEIRS}\n\nJoe Smith\n3 Mar 2026, 10:00\n\n{OWN}\n"
    sure, doubtful = joes(mail(text, references="<lost@x>"))
    assert (sure, doubtful) == (OWN, "")
