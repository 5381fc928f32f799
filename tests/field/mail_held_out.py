"""Makes the styles that nobody tunes on: written from how mail programs quote, not from what the reader looks for.

The styles stand as they were first written. What they show is counted and written down. One that failed at first sight
is looked at then, is mended for, and counts as held out no more.
"""

from __future__ import annotations

import html
from collections.abc import Callable

from tests.field.mail_styles import COMPANY, SUBJECT, Draft, marked, paragraphs, wrapped

HELD_OUT: dict[str, Callable[[Draft], str]] = {}
FAILED_AT_FIRST_SIGHT = frozenset({"gnus", "groupwise", "yahoo_mobile"})
CREDITED_IN_THEIR_THREAD = {"outlook_coloured_html", "gmail_inline_html"}
"""Styles in which a lone mail does not tell an answer from the question: there it may wait."""


def held_out(made: Callable[[Draft], str]) -> Callable[[Draft], str]:
    HELD_OUT[made.__name__] = made
    return made


def lines(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")


@held_out
def thunderbird_html_cite(d: Draft) -> str:
    d.is_html = True
    return (
        f'<html><body><div class="moz-cite-prefix">{html.escape(d.intro(d.other))}<br></div>'
        f'<blockquote type="cite" cite="mid:first@orchard.example">{paragraphs(d.theirs())}</blockquote>'
        f"{paragraphs(d.top())}</body></html>"
    )


@held_out
def gmail_inline_html(d: Draft) -> str:
    d.is_html = True
    address = f'<a href="mailto:{d.other_address}">{d.other_address}</a>'
    attribution = html.escape(d.intro("WHO")).replace("WHO", f"{html.escape(d.other)} &lt;{address}&gt;")
    answers = d.own(3)
    pieces = [
        f'<blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px #ccc solid;padding-left:1ex">'
        f"<div>{lines(question)}</div></blockquote><div><br></div><div>{lines(d.say(answer))}</div>"
        for question, answer in zip(d.language.theirs, answers, strict=True)
    ]
    return f'<div dir="auto"><div dir="ltr" class="gmail_attr">{attribution}</div>{"".join(pieces)}</div>'


@held_out
def outlook_mac_html(d: Draft) -> str:
    d.is_html = True
    rows = "<br>".join(
        f'<b><span style="color:black">{html.escape(label)}: </span></b>{html.escape(value)}'
        for label, _, value in (row.partition(": ") for row in d.headers("FDTJ").split("\n"))
    )
    quoted = "".join(f"<p class='MsoNormal'>{lines(one)}</p>" for one in d.theirs().split("\n\n"))
    return (
        "<body><div class='WordSection1'>"
        + "".join(f"<p class='MsoNormal'>{lines(one)}<o:p></o:p></p>" for one in d.top().split("\n\n"))
        + "<div id='mail-editor-reference-message-container'><div><div style='border:none;border-top:solid #B5C4DF "
        f"1.0pt;padding:3.0pt 0in 0in 0in'><p class='MsoNormal'>{rows}</p></div>{quoted}</div></div></div></body>"
    )


@held_out
def outlook_coloured_html(d: Draft) -> str:
    d.is_html = True
    rows = "<br>".join(f"<b>{lines(row)}</b>" for row in d.headers().split("\n"))
    answers = d.own(3)
    pieces = [
        f"<p class='MsoNormal'>{lines(question)}</p>"
        f"<p class='MsoNormal'><span style='color:#0070C0'>{lines(d.say(answer))}</span></p>"
        for question, answer in zip(d.language.theirs, answers, strict=True)
    ]
    above = d.language.hello.format(name=d.first(d.other))
    return f"<p class='MsoNormal'>{lines(d.say(above))}</p><hr><p class='MsoNormal'>{rows}</p>{''.join(pieces)}"


@held_out
def yahoo_mobile(d: Draft) -> str:
    sent = d.noise("Sent from Yahoo Mail on Android")
    introduced = d.intro(f"{d.other}<{d.other_address}>")
    return f"{d.top()}\n\n{sent} \n \n  {introduced}   {d.theirs()}  \n"


@held_out
def icloud_web(d: Draft) -> str:
    return f"{d.top()}\n\n\ufeff{d.intro()}\n\n\ufeff\n{marked(d.theirs(), '> ')}\n"


@held_out
def spark(d: Draft) -> str:
    said = d.noise(f"On 10 Nov 2026 at 13:53 +0100, {d.who}, wrote:")
    return f"{d.top()}\n\n{d.noise('Sent with Spark')}\n{said}\n{marked(d.theirs(), '> ')}\n"


@held_out
def mutt_inline(d: Draft) -> str:
    begun = d.noise(f"On Tue, Nov 10, 2026 at 01:53:45PM +0100, {d.other} wrote:")
    older = d.earlier("> > Our purchasing people asked for an overview of certifications.")
    body = [begun, older]
    for question, answer in zip(d.language.theirs, d.own(3), strict=True):
        body += [f"{marked(wrapped(question))}\n\n{wrapped(d.say(answer))}\n"]
    return "\n".join(body) + f"\n{d.say(d.first(d.author))}\n"


@held_out
def gnus(d: Draft) -> str:
    initials = "".join(word[0] for word in d.other.split())
    begun = d.noise(f'>>>>> "{initials}" == {d.other} <{d.other_address}> writes:')
    quoted = "\n\n".join(marked(wrapped(one, 60), f"    {initials}> ") for one in d.language.theirs)
    return f"{begun}\n\n{quoted}\n\n{d.top()}\n"


@held_out
def roundcube(d: Draft) -> str:
    begun = d.noise(f"Am 2026-11-10 13:53, schrieb {d.other}:")
    return f"{begun}\n{marked(d.theirs())}\n\n{d.top()}\n"


@held_out
def zendesk(d: Draft) -> str:
    rule = f"##- {d.language.ticket} -##"
    head = d.noise(f"{d.other} ({COMPANY})\n10 Nov 2026, 13:53 CET")
    return f"{d.top()}\n\n{rule}\n\n----------------------------------------------\n\n{head}\n\n{d.theirs()}\n"


@held_out
def freshdesk(d: Draft) -> str:
    begun = d.noise(f"On Tue, 10 Nov at 1:53 PM , {d.other} <{d.other_address}> wrote:")
    return f"{d.top()}\n\n{begun}\n{d.theirs()}\n"


@held_out
def salesforce(d: Draft) -> str:
    sender, _, receiver, subject, _ = d.language.labels
    rows = d.noise(
        f"{sender}: {d.other} [{d.other_address}]\nSent: 11/10/2026, 1:53 PM\n"
        f"{receiver}: {d.author_address}\n{subject}: {SUBJECT}"
    )
    rule = f"--------------- {d.language.original} ---------------"
    return f"{d.top()}\n\n{rule}\n{rows}\n\n{d.theirs()}\n\n{d.noise('ref:_00D5jH2k._5005jKx:ref')}\n"


@held_out
def groupwise(d: Draft) -> str:
    return f"{d.top()}\n\n{d.noise(f'>>> {d.who} 10.11.2026 13:53 >>>')}\n{d.theirs()}\n"


@held_out
def notes_tabs(d: Draft) -> str:
    sender, _, receiver, subject, date = d.language.labels
    rows = d.noise(
        f"{sender}:\t{d.other}/Orchard\n{receiver}:\t{d.author}/Augment@AUGMENT\n"
        f"{date}:\t10.11.2026 13:53\n{subject}:\tRe: {SUBJECT}"
    )
    return f"{d.top()}\n\n\n\n{rows}\n\n\n\n{d.theirs()}\n"


@held_out
def nested_chain(d: Draft) -> str:
    older = d.earlier(
        f"{d.language.labels[0]}: Kim Vale <kim@orchard.example>\n{d.language.labels[1]}: 9.11.2026 09:12\n"
        f"{d.language.labels[2]}: {d.who}\n{d.language.labels[3]}: {SUBJECT}\n\n"
        "Ask them about audit logs; our regulator insists on retention beyond seven years.\n\nKim Vale"
    )
    return f"{d.top()}\n\n{d.intro()}\n\n{marked(d.theirs() + chr(10) * 2 + older)}\n"


@held_out
def outlook_asterisks(d: Draft) -> str:
    rows = d.headers(sender=f"{d.other} [mailto:{d.other_address}] ", bold="*")
    return f"{d.top()}\n\n \n\n{rows}\n\n \n\n{d.theirs()}\n"


@held_out
def disclaimers(d: Draft) -> str:
    banner = d.noise("[EXTERNAL SENDER] Do not click on links or open attachments unless you recognise the sender.")
    legal = d.noise(
        "This e-mail and any attachments are confidential and intended solely for the addressee. If you have received\n"
        "it in error, please notify us and delete it. Augment Ltd, registered in Dublin under number 123456."
    )
    return f"{d.top()}\n\n{legal}\n\n{d.headers()}\n\n{banner}\n\n{d.theirs()}\n"


@held_out
def samsung_html(d: Draft) -> str:
    d.is_html = True
    rows = "".join(f"<div>{lines(row)}</div>" for row in d.headers("FDTJ").split("\n"))
    return (
        f"<body dir='auto'>{paragraphs(d.top())}<div id='composer_signature'><div style='font-size:12px'>"
        f"{d.noise('Sent from my Galaxy')}</div></div><div><br></div><div align='left' style='font-size:100%;"
        f"color:#000000'><div>-------- {html.escape(d.language.original)} --------</div>{rows}<div><br></div></div>"
        f"{paragraphs(d.theirs())}</body>"
    )


@held_out
def border_left_html(d: Draft) -> str:
    d.is_html = True
    return (
        f"{paragraphs(d.top())}<p>{html.escape(d.noise(f'{d.other}, 10.11.2026 13:53:'))}</p>"
        f"<div style='border-left:2px solid #cccccc;padding-left:8px;margin-left:0'>{paragraphs(d.theirs())}</div>"
    )


@held_out
def k9_tight_marks(d: Draft) -> str:
    begun = d.noise(f"On 10 November 2026 13:53:45 CET, {d.who} wrote:")
    below = d.noise("Sent from my phone. Please excuse my brevity.")
    return f"{begun}\n{marked(d.theirs(), '>')}\n\n{d.top()}\n\n-- \n{below}\n"


@held_out
def superhuman(d: Draft) -> str:
    return f"{d.top()}\n\n\n{d.intro(f'{d.other} < {d.other_address} >')}\n\n{d.theirs()}\n"


@held_out
def qq_mail(d: Draft) -> str:
    rows = d.noise(
        f'发件人: "{d.other}" <{d.other_address}>;\n发送时间: 2026年11月10日(星期二) 下午1:53\n'
        f'收件人: "{d.author}"<{d.author_address}>;\n主题: {SUBJECT};'
    )
    return f"{d.top()}\n\n\n\n{d.noise('------------------ 原始邮件 ------------------')}\n{rows}\n\n\n\n{d.theirs()}\n"


@held_out
def mail_ru(d: Draft) -> str:
    begun = d.noise(f"Вторник, 10 ноября 2026, 13:53 +03:00 от {d.who}:")
    return f"{d.top()}\n\n\n{begun}\n{marked(d.theirs(), '>')}\n"


@held_out
def seznam(d: Draft) -> str:
    rows = d.noise(
        f"Od: {d.other} <{d.other_address}>\nKomu: {d.author_address}\nDatum: 10. 11. 2026 13:53:45\nPředmět: {SUBJECT}"
    )
    return f"{d.top()}\n\n{d.noise('---------- Původní e-mail ----------')}\n{rows}\n\n{d.theirs()}\n"
