"""Makes the styles held out, set B: written without sight of the reader, and committed before anything was measured.

Who wrote them knew the grammar's form and what has been decided, not the reader. Each style is how a program, a service
or a country's webmail writes; a program's language need not be that of the mail. Four failed at
first sight and are in `mail_known_of_b` since.
"""

from __future__ import annotations

import html
from collections.abc import Callable

from tests.field.mail_styles import SUBJECT, Draft, marked, paragraphs, wrapped

HELD_OUT_B: dict[str, Callable[[Draft], str]] = {}


def set_b(made: Callable[[Draft], str]) -> Callable[[Draft], str]:
    HELD_OUT_B[made.__name__] = made
    return made


def interleaved(d: Draft, mark: str = "> ") -> str:
    """Puts an answer below each of the other's paragraphs."""
    theirs = d.their_paragraphs()
    answers = iter(d.own(3))
    parts = [marked(wrapped(theirs[0], 70), mark)]
    for one in theirs[1:4]:
        parts += [marked(wrapped(one, 70), mark), wrapped(d.say(next(answers)))]
    parts += [marked(wrapped(one, 70), mark) for one in theirs[4:]]
    return "\n\n".join(parts)


def below(d: Draft) -> str:
    """Puts what the author says at the end, with the signature that a program marks."""
    said = "\n\n".join(wrapped(d.say(one)) for one in d.own(3))
    return f"{said}\n\n{d.say(d.language.bye)}\n{d.say(d.first(d.author))}"


def rows(d: Draft, *pairs: tuple[str, str], joint: str = ": ", end: str = "") -> str:
    return d.noise("\n".join(f"{label}{joint}{value}{end}" for label, value in pairs))


def escaped(text: str) -> str:
    return html.escape(text).replace("\n", "<br>\n")


def me(d: Draft) -> str:
    return f"{d.author} <{d.author_address}>"


@set_b
def roundcube_bottom(d: Draft) -> str:
    intro = d.language.wrote.format(date="2026-11-10", time="13:53", who=d.other)
    return f"{intro}\n{marked(d.theirs())}\n\n{below(d)}\n"


@set_b
def mutt_starred_attribution(d: Draft) -> str:
    intro = d.noise(f"* {d.who} [2026-11-10 13:53]:")
    return f"{intro}\n{marked(d.theirs())}\n\n{below(d)}\n"


@set_b
def evolution_html(d: Draft) -> str:
    d.is_html = True
    intro = d.noise(f"On Tue, 2026-11-10 at 13:53 +0100, {d.other} wrote:")
    return (
        f"<html><head></head><body>{paragraphs(d.top())}<div>{html.escape(intro)}</div>"
        '<blockquote type="cite" style="margin:0 0 0 .8ex; border-left:2px #729fcf solid;padding-left:1ex">'
        f"{paragraphs(d.theirs())}</blockquote></body></html>"
    )


@set_b
def kmail_inline(d: Draft) -> str:
    intro = d.noise(f"On Tuesday, 10 November 2026 13:53:22 CET {d.other} wrote:")
    return f"{intro}\n{interleaved(d)}\n"


@set_b
def the_bat(d: Draft) -> str:
    russian = d.language.code == "ru"
    intro = d.noise(
        "Вы писали 10 ноября 2026 г., 13:53:22:" if russian else "Tuesday, November 10, 2026, 1:53:22 PM, you wrote:"
    )
    initials = "".join(word[0] for word in d.other.split())
    greeting = d.say(d.language.hello.format(name=d.first(d.other)))
    return f"{greeting}\n\n{intro}\n\n{interleaved(d, f'{initials}> ')}\n\n-- \n{d.author}\n"


@set_b
def claws_mail_two_lines(d: Draft) -> str:
    intro = d.noise(f"On Tue, 10 Nov 2026 13:53:22 +0100\n{d.who} wrote:")
    return f"{intro}\n\n{marked(d.theirs())}\n\n{below(d)}\n"


@set_b
def emclient_without_colons(d: Draft) -> str:
    head = rows(
        d,
        ("From", f'"{d.other}" <{d.other_address}>'),
        ("To", f'"{d.author}" <{d.author_address}>'),
        ("Date", "10/11/2026 13:53:22"),
        ("Subject", SUBJECT),
        joint=" ",
    )
    return f"{d.top()}\n\n\n------ {d.noise('Original Message')} ------\n{head}\n\n{d.theirs()}\n"


@set_b
def mailbird_html(d: Draft) -> str:
    d.is_html = True
    intro = d.noise(f"On 10/11/2026 13:53:22, {d.who} wrote:")
    return (
        f'<div id="__MailbirdStyleContent">{paragraphs(d.top())}</div>'
        "<blockquote class='history_container' type='cite' style='border-left-style:solid;border-width:1px;"
        "margin-top:20px;margin-left:0px;padding-left:10px;'>"
        f"<p>{html.escape(intro)}</p>{paragraphs(d.theirs())}</blockquote>"
    )


@set_b
def front_html(d: Draft) -> str:
    d.is_html = True
    intro = d.noise(f"On November 10, 2026 at 1:53 PM GMT+1 {d.other_address} wrote:")
    return (
        f"<div><div>{paragraphs(d.top())}</div><br><div>{html.escape(intro)}</div><br>"
        f'<blockquote type="cite" class="front-blockquote">{paragraphs(d.theirs())}</blockquote></div>'
    )


@set_b
def salesforce_case(d: Draft) -> str:
    head = rows(
        d,
        ("From", f"{d.other} [{d.other_address}]"),
        ("Sent", "10/11/2026 13:53"),
        ("To", d.author_address),
        ("Subject", SUBJECT),
    )
    rule = "-" * 15
    reference = d.noise("ref:_00D20Mb7K._5002XhGqT:ref")
    original = d.noise("Original Message")
    return f"{d.top()}\n\n{rule} {original} {rule}\n{head}\n\n{d.theirs()}\n\n{reference}\n"


@set_b
def request_tracker(d: Draft) -> str:
    intro = d.noise(f"On Tue Nov 10 13:53:22 2026, {d.other_address} wrote:")
    return f"{intro}\n{interleaved(d)}\n"


@set_b
def otrs(d: Draft) -> str:
    intro = d.language.said.format(who=f"{d.noise('10.11.2026 13:53 (Europe/Berlin)')} - {d.other}")
    return f"{d.top()}\n\n---\n\n{intro}\n\n{marked(d.theirs())}\n"


@set_b
def freshdesk_unmarked(d: Draft) -> str:
    intro = d.noise(f"On Tue, 10 Nov at 1:53 PM , {d.who} wrote:")
    return f"{d.top()}\n\n\n{intro}\n\n{d.theirs()}\n"


@set_b
def netease_unmarked(d: Draft) -> str:
    intro = d.noise(f'在 2026-11-10 13:53:22，"{d.other}" <{d.other_address}> 写道：')
    return f"{d.top()}\n\n\n\n\n\n{intro}\n\n{d.theirs()}\n"


@set_b
def foxmail_wide_colons(d: Draft) -> str:
    head = rows(
        d,
        ("发件人", d.other_address),
        ("发送时间", "2026-11-10 13:53"),
        ("收件人", d.author_address),
        ("主题", SUBJECT),
        joint="： ",
    )
    mine = d.noise(d.author_address)
    return f"{d.top()}\n\n\n\n{mine}\n \n{head}\n{d.theirs()}\n"


@set_b
def outlook_korean(d: Draft) -> str:
    head = rows(
        d,
        ("보낸 사람", d.who),
        ("보낸 날짜", "2026년 11월 10일 화요일 오후 1:53"),
        ("받는 사람", me(d)),
        ("제목", SUBJECT),
    )
    return f"{d.top()}\n\n{'_' * 32}\n{head}\n\n{d.theirs()}\n"


@set_b
def gmail_turkish(d: Draft) -> str:
    intro = d.noise(f"{d.who}, 10 Kas 2026 Sal, 13:53 tarihinde şunu yazdı:")
    return f"{d.top()}\n\n{intro}\n\n{marked(d.theirs())}\n"


@set_b
def gmail_hebrew_bidirectional(d: Draft) -> str:
    intro = d.noise(
        f"\u200fבתאריך יום ג׳, 10 בנוב׳ 2026 ב-13:53 מאת \u202a{d.other}\u202c\u200f "
        f"<\u202a{d.other_address}\u202c\u200f>:\u202c"
    )
    return f"{d.top()}\n\n{wrapped(intro, 60)}\n\n{marked(d.theirs())}\n"


@set_b
def outlook_arabic(d: Draft) -> str:
    head = rows(
        d,
        ("\u200fمن", f"\u200e{d.who}\u200e"),
        ("\u200fتم الإرسال", "الثلاثاء, 10 نوفمبر, 2026 1:53 م"),
        ("\u200fإلى", f"\u200e{me(d)}\u200e"),
        ("\u200fالموضوع", SUBJECT),
    )
    return f"{d.top()}\n\n{head}\n\n{d.theirs()}\n"


@set_b
def gmail_hungarian(d: Draft) -> str:
    intro = d.noise(f"{d.who} ezt írta (időpont:\n2026. nov. 10., K, 13:53):")
    return f"{d.top()}\n\n{intro}\n\n{marked(d.theirs())}\n"


@set_b
def seznam_html(d: Draft) -> str:
    d.is_html = True
    head = rows(
        d,
        ("Od", d.who),
        ("Komu", d.author_address),
        ("Datum", "10. 11. 2026 13:53:22"),
        ("Předmět", SUBJECT),
    )
    title = d.noise("Původní e-mail")
    return (
        f"{paragraphs(d.top())}<aside>---------- {title} ----------<br>{escaped(head)}</aside><br>"
        f'<blockquote data-email="{d.other_address}">{paragraphs(d.theirs())}</blockquote>'
    )


@set_b
def yandex_html(d: Draft) -> str:
    d.is_html = True
    intro = d.noise(f'10.11.2026, 13:53, "{d.other}" <{d.other_address}>:')
    return (
        f"{paragraphs(d.top())}<div>{html.escape(intro)}</div>"
        f"<blockquote>{''.join(f'<p>{escaped(one)}</p>' for one in d.their_paragraphs())}</blockquote>"
    )


@set_b
def gmx_sent_first(d: Draft) -> str:
    head = rows(
        d,
        ("Gesendet", "Dienstag, 10. November 2026 um 13:53 Uhr"),
        ("Von", f'"{d.other}" <{d.other_address}>'),
        ("An", d.author_address),
        ("Betreff", SUBJECT),
    )
    return f"{d.top()}\n \n\n{head}\n\n{d.theirs()}\n"


@set_b
def t_online_subject_first(d: Draft) -> str:
    head = rows(
        d,
        ("Betreff", SUBJECT),
        ("Datum", "2026-11-10T13:53:22+0100"),
        ("Von", f'"{d.other}" <{d.other_address}>'),
        ("An", f'"{d.author}" <{d.author_address}>'),
    )
    return f"{d.top()}\n\n\n-----{d.noise('Original-Nachricht')}-----\n\n{head}\n\n{d.theirs()}\n"


@set_b
def orange_marked_headers(d: Draft) -> str:
    head = rows(
        d,
        ("De", f'"{d.other}" <{d.other_address}>'),
        ("A", d.author_address),
        ("Copie à", ""),
        ("Objet", SUBJECT),
        joint=" : ",
    )
    title = d.noise("Message du 10/11/26 13:53")
    return f"{d.top()}\n\n\n\n{marked(f'{title}{chr(10)}{head}{chr(10)}{chr(10)}{d.theirs()}')}\n"


@set_b
def zimbra_french(d: Draft) -> str:
    head = rows(
        d,
        ("De", f'"{d.other}" <{d.other_address}>'),
        ("À", f'"{d.author}" <{d.author_address}>'),
        ("Envoyé", "Mardi 10 Novembre 2026 13:53:22"),
        ("Objet", SUBJECT),
    )
    return f"{d.top()}\n\n----- {d.noise('Mail original')} -----\n{head}\n\n{d.theirs()}\n"


@set_b
def libero_padded_labels(d: Draft) -> str:
    head = d.noise(
        f'From      : "{d.other}" {d.other_address}\nTo          : {d.author_address}\nCc          : \n'
        f"Date      : Tue, 10 Nov 2026 13:53:22 +0100\nSubject : {SUBJECT}"
    )
    title = d.noise("Initial Header")
    return f"{d.top()}\n\n---------- {title} -----------\n\n{head}\n\n{d.theirs()}\n"


@set_b
def windows_phone_bold(d: Draft) -> str:
    head = d.noise(
        f"*From: *{d.other} <mailto:{d.other_address}>\n*Sent: *10 November 2026 13:53\n"
        f"*To: *{d.author} <mailto:{d.author_address}>\n*Subject: *{SUBJECT}"
    )
    sent = d.noise("Sent from Mail <https://go.microsoft.com/fwlink/?LinkId=550986> for Windows")
    return f"{d.top()}\n\n{sent}\n\n{head}\n\n{d.theirs()}\n"


@set_b
def gateway_disclaimer_and_banner(d: Draft) -> str:
    disclaimer = d.noise(
        "This e-mail and any attachment are confidential and intended solely for the addressee. If you have received\n"
        "it by mistake please delete it and notify its sender. Augment Ltd, registered in England, no. 0123456."
    )
    banner = d.noise("CAUTION: This e-mail originated from outside of the organisation. Do not click links.")
    return f"{d.top()}\n\n{disclaimer}\n\n{d.headers('FSTJ')}\n\n{banner}\n\n{d.theirs()}\n"


@set_b
def norwegian_telephone(d: Draft) -> str:
    sent = d.noise("Hent Outlook for Android<https://aka.ms/AAb9ysg>")
    intro = d.noise(f"tir. 10. nov. 2026 kl. 13:53 skrev {d.who}:")
    return f"{d.top()}\n\n{sent}\n\n{intro}\n\n{d.theirs()}\n"


@set_b
def gmail_greek_wrapped(d: Draft) -> str:
    intro = d.noise(f"Στις Τρί 10 Νοε 2026 στις 1:53 μ.μ., ο χρήστης {d.other} <\n{d.other_address}> έγραψε:")
    return f"{d.top()}\n\n{intro}\n\n{marked(d.theirs())}\n"


@set_b
def gmail_thai_buddhist_year(d: Draft) -> str:
    intro = d.noise(f"เมื่อ อ. 10 พ.ย. 2569 เวลา 13:53 {d.who} เขียนว่า:")
    return f"{d.top()}\n\n{intro}\n\n{marked(d.theirs())}\n"


@set_b
def apple_mail_japanese(d: Draft) -> str:
    intro = d.noise(f"2026/11/10 13:53、{d.who}のメール:")
    return f"{d.top()}\n\n{intro}\n\n{marked(d.theirs())}\n"


@set_b
def twice_quoted_by_top_posters(d: Draft) -> str:
    before = d.noise("On Mon, Nov 9, 2026 at 18:04, Tom Field <tom.field@orchard.example> wrote:")
    cleared = d.earlier("Legal cleared annex seven yesterday evening; procurement remains unhappy regarding liability.")
    return f"{d.top()}\n\n{d.intro()}\n\n{marked(d.theirs())}\n>\n> {before}\n>\n{marked(cleared, '>> ')}\n"


@set_b
def tightly_set_answer(d: Draft) -> str:
    said = "\n".join(d.say(one) for one in d.own(3))
    return f"{said}\n{d.intro()}\n{marked(d.theirs())}"
