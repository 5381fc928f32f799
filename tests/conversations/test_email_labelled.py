"""In a lone mail what stands above a labelled answer, or in the next cell, is perhaps another's words: it waits."""

from __future__ import annotations

import json

import pytest

from shared.conversations.wire.email_thread import parse_thread

ASKED = (
    "We worry that the rollout will stall, because our reviewers have lost a day a week to conflicts.",
    "Please tell me what the platform costs for three hundred engineers, with the support you promised.",
)
ANSWERED = (
    "Happy to run the pilot with forty seats, and the invoice is issued after you have signed the results.",
    "Our index stays inside your own network, so nothing of your source code ever leaves the building.",
)


def sides(text: str, **more: str) -> tuple[str, str]:
    """What is Joe's for sure, and what waits."""
    mail = {
        "from": "Joe Reilly <joe@augmentcode.com>",
        "to": "Claire Dubois <claire@orchard.example>",
        "date": "2026-11-10T09:04:00Z",
        "subject": "Re: Pilot",
        "message_id": "<2@augmentcode.com>",
        "references": "<1@orchard.example>",
        **(more or {"text": text}),
    }
    turns = [turn for turn in parse_thread(json.dumps([mail]).encode()).turns if turn.speaker_id is not None]
    sure = "\n".join(turn.text for turn in turns if not turn.in_doubt)
    return sure, "\n".join(turn.text for turn in turns if turn.in_doubt)


def lines(asked: str, answered: str, *, apart: str = "\n") -> str:
    pairs = zip(ASKED, ANSWERED, strict=True)
    return "\n\n".join(f"{asked.format(ask)}{apart}{answered.format(answer)}" for ask, answer in pairs)


@pytest.mark.parametrize(
    "text",
    [
        lines("{}", "[Joe Reilly] {}"),
        lines("{}", "[Joe] {}", apart="\n\n"),
        lines("{}", "JR: {}"),
        lines("{}", "Joe: {}"),
        lines("Q: {}", "A: {}"),
        lines("F: {}", "A: {}", apart="\n\n"),
        lines("1. {}", "-> {}"),
        lines("{}", "=> {}", apart="\n\n"),
    ],
    ids=["name", "given name", "initials", "colon", "letters", "letters apart", "arrows", "arrows apart"],
)
@pytest.mark.parametrize("signed", [True, False])
def test_what_a_labelled_answer_is_to_waits_and_the_answer_does_not(text: str, signed: bool) -> None:
    sure, waits = sides(f"Hi Claire,\n\nplease find my answers below.\n\n{text}" + ("\n\nBest,\nJoe" if signed else ""))
    for one in ASKED:
        assert one in waits
        assert one not in sure
    for one in ANSWERED:
        assert one in sure
    assert "please find my answers below." in sure


@pytest.mark.parametrize("sign", ["***", "+++", "**"])
def test_sentences_behind_the_same_odd_signs_wait(sign: str) -> None:
    sure, waits = sides(f"{sign} {ASKED[0]}\n{sign} {ASKED[1]}\n\n{ANSWERED[0]}")
    assert (ASKED[0] in waits, ASKED[0] in sure, ANSWERED[0] in sure) == (True, False, True)


def test_sentences_between_fences_wait() -> None:
    sure, waits = sides(f"{ANSWERED[0]}\n\n```\n{ASKED[0]}\n{ASKED[1]}\n```")
    assert (ASKED[0] in waits, ASKED[0] in sure, ANSWERED[0] in sure) == (True, False, True)


def test_a_table_of_questions_and_answers_waits() -> None:
    rows = "".join(f"<tr><td>{ask}</td><td>{answer}</td></tr>" for ask, answer in zip(ASKED, ANSWERED, strict=True))
    sure, waits = sides("", html=f"<p>Hi Claire,</p><p>the answers to the tender are here.</p><table>{rows}</table>")
    assert ASKED[0] not in sure
    assert ASKED[0] in waits
    assert "the answers to the tender are here." in sure


@pytest.mark.parametrize(
    "own",
    [
        "Two remarks:\nNote: the price holds until May, and we extend it once.\nThe rest is in the annex we sent.",
        "Time: ten. Place: your office.\nWe bring two engineers and the figures of the trial.",
        "The build went from red -> green within a week of the trial, as you saw yourself.",
        "A. We keep the present price for a year.\nB. We move to seats in spring, if you like that better.",
        "<table><tr><td>Seats</td><td>300</td></tr><tr><td>Price</td><td>40 a month</td></tr></table>",
    ],
)
def test_the_authors_own_labels_lists_and_tables_do_not_wait(own: str) -> None:
    sure, waits = sides("", html=own) if own.startswith("<") else sides(own)
    assert sure
    assert not waits


@pytest.mark.parametrize(
    "quotation",
    [
        f"<p><blockquote><p>{ASKED[0]}</p></p><p>{ASKED[1]}</p></blockquote>",
        f"<span><blockquote>{ASKED[0]}</span><div>{ASKED[1]}</div></blockquote>",
        f"<font color=red><blockquote><p>{ASKED[0]}</font></p><p>{ASKED[1]}</p></blockquote>",
    ],
    ids=["p", "span", "font"],
)
def test_an_end_that_closes_nothing_does_not_end_a_quotation(quotation: str) -> None:
    sure, _ = sides("", html=f"<p>{ANSWERED[0]}</p>{quotation}<p>{ANSWERED[1]}</p>")
    assert (ASKED[0] in sure, ASKED[1] in sure) == (False, False)
    assert (ANSWERED[0] in sure, ANSWERED[1] in sure) == (True, True)


@pytest.mark.parametrize(
    "hidden", ['style="opacity:0"', 'style="max-height:0;overflow:hidden"', "hidden", 'style="left:-9999px"']
)
def test_what_nobody_sees_is_not_read(hidden: str) -> None:
    sure, waits = sides("", html=f"<p>{ANSWERED[0]}</p><div {hidden}>{ASKED[0]}</div>")
    assert ASKED[0] not in sure + waits
    assert ANSWERED[0] in sure


def test_a_box_that_only_cuts_what_is_too_long_is_read() -> None:
    sure, _ = sides("", html=f'<div style="overflow: hidden; opacity: 0.9">{ANSWERED[0]}</div>')
    assert ANSWERED[0] in sure


@pytest.mark.parametrize(
    "subject",
    [
        "자동 회신: Pilot", "Automaattinen vastaus: Pilot", "Automatická odpověď: Pilot", "Automatikus válasz: Pilot",
        "Otomatik yanıt: Pilot", "Αυτόματη απάντηση: Pilot", "תשובה אוטומטית: Pilot", "رد تلقائي: Pilot",
        "Автоматична відповідь: Pilot", "Răspuns automat: Pilot", "自动答复: Pilot", "自動回覆：Pilot",
        "ตอบกลับอัตโนมัติ: Pilot", "Trả lời tự động: Pilot", "Balasan otomatis: Pilot", "OOO Re: Pilot",
        "Away from my desk: Pilot", "Hyväksytty: Pilot", "수락: Pilot", "已接受: Pilot", "New Time Proposed: Pilot",
    ],
)  # fmt: skip
def test_what_a_program_answers_is_nobodys_in_any_of_these_languages(subject: str) -> None:
    mails = [
        {"from": "claire@orchard.example", "to": "joe@augmentcode.com", "subject": "Pilot", "text": ASKED[0]},
        {"from": "joe@augmentcode.com", "to": "claire@orchard.example", "subject": subject, "text": ANSWERED[0]},
    ]
    dated = [{**mail, "date": f"2026-11-10T0{hour}:00:00Z"} for hour, mail in enumerate(mails)]
    assert ANSWERED[0] not in [turn.text for turn in parse_thread(json.dumps(dated).encode()).turns]


@pytest.mark.parametrize(
    ("subject", "waits"),
    [
        ("Tölvupóstsvar: Pilot in spring", True),
        ("Samþykkt: Re: Pilot in spring", True),
        ("Re: Pilot in spring", False),
        ("AW: WG: Pilot in spring", False),
        ("Pilot in spring", False),
        ("Agenda: the other pilot", False),
    ],
)
def test_words_before_the_threads_subject_that_no_list_knows_put_a_message_in_doubt(subject: str, waits: bool) -> None:
    mails = [
        {"from": "claire@orchard.example", "to": "joe@augmentcode.com", "subject": "Pilot in spring", "text": ASKED[0]},
        {"from": "joe@augmentcode.com", "to": "claire@orchard.example", "subject": subject, "text": ANSWERED[0]},
    ]
    dated = [{**mail, "date": f"2026-11-10T0{hour}:00:00Z"} for hour, mail in enumerate(mails)]
    (turn,) = [one for one in parse_thread(json.dumps(dated).encode()).turns if one.speaker_id == "joe@augmentcode.com"]
    assert turn.in_doubt is waits
