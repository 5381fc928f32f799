"""Makes more styles that nobody tunes on: written after the reader was mended for what the first ones showed.

Like those of `mail_held_out` they stand as they were first written.
"""

from __future__ import annotations

import html
from collections.abc import Callable

from tests.field.mail_styles import SUBJECT, Draft, marked, paragraphs

HELD_OUT_LATER: dict[str, Callable[[Draft], str]] = {}


def held_out(made: Callable[[Draft], str]) -> Callable[[Draft], str]:
    HELD_OUT_LATER[made.__name__] = made
    return made


@held_out
def outlook_ios(d: Draft) -> str:
    sent = d.noise("Get Outlook for iOS<https://aka.ms/o0ukef>")
    return f"{d.top()}\n\n{sent}\n{'_' * 32}\n{d.headers()}\n\n{d.theirs()}\n"


@held_out
def gmail_android_comma(d: Draft) -> str:
    begun = d.noise(f"On Tue, 10 Nov 2026, 13:53 {d.other}, <{d.other_address}> wrote:")
    return f"{d.top()}\n\n{begun}\n\n{marked(d.theirs())}\n"


@held_out
def thunderbird_forward(d: Draft) -> str:
    sender, _, receiver, subject, date = d.language.labels
    rows = d.noise(
        f"{subject}: \t{SUBJECT}\n{date}: \tTue, 10 Nov 2026 13:53:45 +0100\n{sender}: \t{d.who}\n"
        f"{receiver}: \t{d.author} <{d.author_address}>"
    )
    return f"{d.top()}\n\n\n-------- {d.language.forwarded} --------\n{rows}\n\n\n\n{d.theirs()}\n"


@held_out
def help_desk_dashes(d: Draft) -> str:
    begun = d.noise(f"On Tue, Nov 10, 2026 at 1:53 PM UTC, {d.who} wrote:")
    return f"{d.top()}\n\n----\n{begun}\n\n{d.theirs()}\n"


@held_out
def evolution(d: Draft) -> str:
    begun = d.noise(f"On Tue, 2026-11-10 at 13:53 +0100, {d.other} wrote:")
    return f"{begun}\n{marked(d.theirs())}\n\n{d.top()}\n"


@held_out
def claws_two_lines(d: Draft) -> str:
    begun = d.noise(f"On Tue, 10 Nov 2026 13:53:45 +0100\n{d.who} wrote:")
    return f"{begun}\n\n{marked(d.theirs())}\n\n{d.top()}\n"


@held_out
def pine_date_only(d: Draft) -> str:
    begun = d.noise(f"On Tue, 10 Nov 2026, {d.other} wrote:")
    return f"{begun}\n\n{marked(d.theirs())}\n\n{d.top()}\n"


@held_out
def naver(d: Draft) -> str:
    rows = d.noise(
        f'-----Original Message-----\nFrom: "{d.other}"<{d.other_address}>\nTo: <{d.author_address}>;\nCc:\n'
        f"Sent: 2026-11-10 (화) 13:53:45 (GMT+09:00)\nSubject: {SUBJECT}"
    )
    return f"{d.top()}\n\n{rows}\n\n{d.theirs()}\n"


@held_out
def live_mail_names_only(d: Draft) -> str:
    rows = d.headers(sender=f"{d.other} ", to=d.author_address)
    return f"{d.top()}\n\n{rows}\n\n{d.theirs()}\n"


@held_out
def fastmail_inline(d: Draft) -> str:
    begun = d.noise(f"On Tue, 10 Nov 2026, at 1:53 PM, {d.other} wrote:")
    pieces = [
        f"{marked(question)}\n\n{d.say(answer)}\n" for question, answer in zip(d.language.theirs, d.own(3), strict=True)
    ]
    return "\n".join([begun, *pieces])


@held_out
def proton_html(d: Draft) -> str:
    d.is_html = True
    begun = html.escape(d.noise(f"On Tuesday, November 10th, 2026 at 13:53, {d.who} wrote:"))
    return (
        f"<div style='font-family:Arial'>{paragraphs(d.top())}</div><div class='protonmail_quote'>{begun}<br>"
        f"<blockquote class='protonmail_quote' type='cite'>{paragraphs(d.theirs())}</blockquote><br></div>"
    )


@held_out
def zimbra(d: Draft) -> str:
    begun = d.noise(f"----- On Nov 10, 2026, at 1:53 PM, {d.other} {d.other_address} wrote:")
    return f"{d.top()}\n\n{begun}\n\n{marked(d.theirs())}\n"


@held_out
def hey_unmarked(d: Draft) -> str:
    begun = d.noise(f"On November 10, 2026, {d.who} wrote:")
    return f"{d.top()}\n\n{begun}\n\n{d.theirs()}\n"


@held_out
def aol(d: Draft) -> str:
    sender, sent, receiver, subject, _ = d.language.labels
    rows = d.noise(
        f"{sender}: {d.who}\n{receiver}: {d.author} <{d.author_address}>\n{sent}: Tue, Nov 10, 2026 1:53 pm\n"
        f"{subject}: {SUBJECT}"
    )
    return f"{d.top()}\n\n\n-----{d.language.original}-----\n{rows}\n\n\n{d.theirs()}\n"


@held_out
def table_html(d: Draft) -> str:
    d.is_html = True
    rows = "".join(
        f"<tr><td><b>{html.escape(row.partition(': ')[0])}:</b></td><td>{html.escape(row.partition(': ')[2])}</td></tr>"
        for row in d.headers().split("\n")
    )
    return f"{paragraphs(d.top())}<hr><table><tbody>{rows}</tbody></table><br>{paragraphs(d.theirs())}"
