"""Makes forty ways in which a reply holds the mail that it answers: style × language × two people's words.

A style is a function from a Draft to the body of the reply. What the author wrote is passed through `Draft.say`, so
that the generator knows it; everything else in the body is the other's words or the program's.
"""

from __future__ import annotations

import hashlib
import html
import random
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

from tests.field.mail_languages import LANGUAGES, Language
from tests.field.mail_traps import TRAPS

SENT = datetime(2026, 11, 10, 12, 53, tzinfo=UTC)
SUBJECT = "Trial numbers"
COMPANY = "Orchard Imaging"


@dataclass(slots=True)
class Draft:
    """One reply in the making.

    signed: whether the author and the other sign. nameless: whether only addresses stand in the headers
    said: what the author has written, in the order of writing. programs: what programs wrote for a style alone
    others: what somebody else wrote in still earlier messages
    """

    language: Language
    chance: random.Random
    signed: bool = True
    nameless: bool = False
    said: list[str] = field(default_factory=list)
    programs: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    is_html: bool = False

    @property
    def author(self) -> str:
        return self.language.names[0][0]

    @property
    def other(self) -> str:
        return self.language.names[1][0]

    @property
    def author_address(self) -> str:
        return f"{self.language.names[0][1]}@augmentcode.com"

    @property
    def other_address(self) -> str:
        return f"{self.language.names[1][1]}@orchard.example"

    @property
    def who(self) -> str:
        return f"{self.other} <{self.other_address}>"

    def say(self, text: str) -> str:
        self.said.append(text)
        return text

    def noise(self, text: str) -> str:
        self.programs.append(text)
        return text

    def earlier(self, text: str) -> str:
        self.others.append(text)
        return text

    def first(self, name: str) -> str:
        return name.split()[0]

    def own(self, count: int = 3) -> list[str]:
        """Paragraphs of the author's, not yet said."""
        picked = self.chance.sample((*self.language.own, self.chance.choice(TRAPS)), count)
        return [one.format(other=self.first(self.other)) for one in picked]

    def top(self) -> str:
        """A greeting, what the author has to say, and mostly a closing and a name, with what may follow them."""
        *own, last = self.own(4)
        parts = [self.language.hello.format(name=self.first(self.other)), *own]
        if self.signed:
            parts.append(f"{self.language.bye}\n{self.first(self.author)}")
        made = [wrapped(self.say(one)) for one in parts]
        if self.signed and self.chance.random() < 0.3:
            made[-1] += "\nSales Engineer, Augment\n+1 555 0100"
        if self.signed and self.chance.random() < 0.2:
            made.append(wrapped(self.say(f"PS: {last}")))
        return "\n\n".join(made)

    def their_paragraphs(self) -> list[str]:
        parts = [self.language.hello.format(name=self.first(self.author)), *self.language.theirs]
        return [*parts, f"{self.language.bye}\n{self.other}\n{COMPANY}"] if self.signed else parts

    def theirs(self) -> str:
        return "\n\n".join(wrapped(one) for one in self.their_paragraphs())

    def intro(self, who: str | None = None, time: str = "13:53") -> str:
        return self.language.wrote.format(date=self.language.date, time=time, who=who or self.who)

    def headers(self, order: str = "FSTJ", *, sender: str | None = None, to: str | None = None, bold: str = "") -> str:
        """A run of headers; order: F(rom) S(ent) T(o) J (subject) D(ate)."""
        begun, sent, receiver, subject, date = self.language.labels
        space = " " if self.language.code == "fr" else ""
        when = f"{self.language.long_date} 13:53"
        rows = {
            "F": (begun, sender or self.who),
            "S": (sent, when),
            "T": (receiver, to or f"{self.author} <{self.author_address}>"),
            "J": (subject, SUBJECT),
            "D": (date, when),
        }
        return "\n".join(f"{bold}{rows[one][0]}{space}:{bold} {rows[one][1]}" for one in order)


def wrapped(text: str, width: int = 76) -> str:
    return "\n".join(textwrap.fill(line, width) for line in text.split("\n"))


def marked(text: str, mark: str = "> ") -> str:
    return "\n".join((mark + line).rstrip() for line in text.split("\n"))


def paragraphs(text: str) -> str:
    return "".join(
        f"<div>{html.escape(one).replace(chr(10), '<br>')}</div><div><br></div>" for one in text.split("\n\n")
    )


Style = Callable[[Draft], str]
STYLES: dict[str, Style] = {}
NEEDS_SIGNATURES = {"no_introduction", "ticket_plain_line", "bottom_post_below_headers"}
NEEDS_THE_THREAD = {"answers_below_headers", "no_introduction_unsigned"}


def style(made: Style) -> Style:
    STYLES[made.__name__] = made
    return made


@style
def no_quotation(d: Draft) -> str:
    return d.top()


@style
def gmail(d: Draft) -> str:
    return f"{d.top()}\n\n{d.intro()}\n\n{marked(d.theirs())}\n"


@style
def gmail_wrapped_introduction(d: Draft) -> str:
    return f"{d.top()}\n\n{d.intro().replace(' <', chr(10) + '<')}\n\n{marked(d.theirs())}\n"


@style
def gmail_iso_unmarked(d: Draft) -> str:
    return f"{d.top()}\n\n2026-11-10 13:53 GMT+01:00 {d.who}:\n\n{d.theirs()}\n"


@style
def gmail_forward(d: Draft) -> str:
    return f"{d.top()}\n\n---------- {d.language.forwarded} ---------\n{d.headers('FDJT')}\n\n\n{d.theirs()}\n"


@style
def gmail_html(d: Draft) -> str:
    d.is_html = True
    return (
        f'<div dir="ltr">{paragraphs(d.top())}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
        f"{html.escape(d.intro())}<br></div><blockquote class='gmail_quote' style='margin:0 0 0 .8ex'>"
        f"{paragraphs(d.theirs())}</blockquote></div>"
    )


@style
def apple_mail(d: Draft) -> str:
    return f"{d.top()}\n\n> {d.intro()}\n> \n{marked(d.theirs())}\n"


@style
def apple_forward(d: Draft) -> str:
    return f"{d.top()}\n\n{d.language.forwarded}:\n\n{marked(d.headers('FJDT'))}\n> \n{marked(d.theirs())}\n"


@style
def phone(d: Draft) -> str:
    text = d.top()
    return f"{text}\n\n{d.language.device}\n\n{d.intro()}\n\n{marked(d.theirs(), '> ')}\n"


@style
def outlook(d: Draft) -> str:
    return f"{d.top()}\n\n{d.headers()}\n\n{d.theirs()}\n"


@style
def outlook_html(d: Draft) -> str:
    d.is_html = True
    rows = "<br>".join(
        f"<b>{html.escape(line.partition(':')[0])}:</b>{html.escape(line.partition(':')[2])}"
        for line in d.headers().split("\n")
    )
    return (
        f"<html><head><style>p.MsoNormal {{margin:0}}</style></head><body><div class='WordSection1'>"
        f"{paragraphs(d.top())}<div><div style='border:none;border-top:solid #E1E1E1 1.0pt'>"
        f"<p class='MsoNormal'>{rows}</p></div></div>{paragraphs(d.theirs())}</div></body></html>"
    )


@style
def outlook_web_html(d: Draft) -> str:
    d.is_html = True
    rows = "<br>".join(f"<b>{html.escape(line)}</b>" for line in d.headers().split("\n"))
    return (
        f"<html><body>{paragraphs(d.top())}<hr tabindex='-1'><div id='divRplyFwdMsg' dir='ltr'><font>{rows}</font>"
        f"<div>&nbsp;</div></div>{paragraphs(d.theirs())}</body></html>"
    )


@style
def outlook_wrapped_from(d: Draft) -> str:
    sender = f"{d.other} \n<{d.other_address}> "
    return f"{d.top()}\n\n{d.headers(sender=sender)}\n\n{d.theirs()}\n"


@style
def outlook_mailto(d: Draft) -> str:
    sender, to = f"{d.other}<mailto:{d.other_address}>", f"{d.author}<mailto:{d.author_address}>"
    return f"{d.top()}\n\n{d.headers(sender=sender, to=to)}\n\n{d.theirs()}\n"


@style
def outlook_brackets(d: Draft) -> str:
    return f"{d.top()}\n\n{d.headers(sender=f'{d.other} [{d.other_address}]', to=d.author)}\n\n{d.theirs()}\n"


@style
def outlook_rule(d: Draft) -> str:
    return f"{d.top()}\n\n________________________________\n{d.headers()}\n\n{d.theirs()}\n"


@style
def outlook_names_only(d: Draft) -> str:
    return f"{d.top()}\n\n{d.headers(sender=d.other, to=d.author)}\n\n{d.theirs()}\n"


@style
def outlook_double_spaced(d: Draft) -> str:
    return f"{d.top()}\n\n{d.headers(bold='*')}\n\n{d.theirs()}\n".replace("\n*", "\n\n*")


@style
def outlook_express(d: Draft) -> str:
    return f"{d.top()}\n\n-----{d.language.original}-----\n{d.headers()}\n\n{d.theirs()}\n"


@style
def hotmail_date_first(d: Draft) -> str:
    headers = d.headers("DJFT", sender=d.other_address, to=d.author_address)
    return f"{d.top()}\n\n{headers}\n\n{d.theirs()}\n"


@style
def thunderbird_bottom(d: Draft) -> str:
    return f"{d.intro(who=d.other)}\n{marked(d.theirs())}\n\n{d.top()}\n"


@style
def thunderbird_inline(d: Draft) -> str:
    rows = [d.intro(who=d.other)]
    for theirs, own in zip(d.their_paragraphs(), d.own(), strict=False):
        rows += [marked(wrapped(theirs)), "", wrapped(d.say(own)), ""]
    return "\n".join(rows)


@style
def inline_without_blank_lines(d: Draft) -> str:
    rows = [d.intro()]
    for theirs, own in zip(d.their_paragraphs(), d.own(), strict=False):
        rows += [marked(wrapped(theirs)), wrapped(d.say(own))]
    return "\n".join(rows)


@style
def yahoo(d: Draft) -> str:
    return f"{d.top()}\n\n{d.intro(time='1:53 PM')}\n\n\n{d.theirs()}\n"


@style
def yahoo_html(d: Draft) -> str:
    d.is_html = True
    return (
        f"<div>{paragraphs(d.top())}</div><div id='yahoo_quoted_1' class='yahoo_quoted'><div>{html.escape(d.intro())}"
        f"</div><div><br></div>{paragraphs(d.theirs())}</div>"
    )


@style
def zoho(d: Draft) -> str:
    intro = d.intro(who=d.other_address).rstrip(" :：")
    return f"{d.top()}\n\n---- {intro} ----\n\n{d.theirs()}\n"


@style
def protonmail(d: Draft) -> str:
    return f"{d.top()}\n\n------- {d.language.original} -------\n{d.intro()}\n\n{marked(d.theirs())}\n"


@style
def samsung(d: Draft) -> str:
    headers = d.headers("FDTJ").replace(" 13:53", "  13:53  (GMT+01:00) ")
    return f"{d.top()}\n\n\n-------- {d.language.original} --------\n{headers}\n\n{d.theirs()}\n"


@style
def samsung_one_line(d: Draft) -> str:
    return f"{d.top()}\n\n{d.headers('FDTJ').replace(chr(10), '  ')}\n{d.theirs()}\n"


@style
def lotus_notes(d: Draft) -> str:
    begun, _, receiver, subject, _ = d.language.labels
    headers = f"{begun}:\t{d.who}\n{receiver}:\t{d.author}\nDatum:\t10.11.2026 13:53\n{subject}:\tRe: {SUBJECT}"
    return f"{d.top()}\n\n\n\n{headers}\n\n\n\n{d.theirs()}\n"


@style
def ticket_system(d: Draft) -> str:
    line = f"##- {d.language.ticket} -##"
    return f"{d.top()}\n\n{line}\n\n{d.other} ({COMPANY})\n10 Nov 2026, 13:53 CET\n\n{d.theirs()}\n"


@style
def ticket_plain_line(d: Draft) -> str:
    return f"{d.top()}\n\n{d.language.ticket}\n\n{d.theirs()}\n"


@style
def said(d: Draft) -> str:
    return f"{d.top()}\n\n{d.language.said.format(who=d.other)}\n\n{d.theirs()}\n"


@style
def initials_before_marks(d: Draft) -> str:
    return f"{d.top()}\n\n{d.intro(who=d.other)}\n{marked(d.theirs(), 'AB> ')}\n"


@style
def bars_before_lines(d: Draft) -> str:
    return f"{d.top()}\n\n* {d.who} [2026-11-10 13:53]:\n{marked(d.theirs(), '| ')}\n"


@style
def marks_lost_by_wrapping(d: Draft) -> str:
    long = "\n>\n".join(marked(one) for one in d.their_paragraphs())
    rows = [row for line in long.split("\n") for row in (textwrap.wrap(line, 62) or [line])]
    return f"{d.top()}\n\n{d.intro()}\n" + "\n".join(rows) + "\n"


@style
def initials_below_headers(d: Draft) -> str:
    tag = "".join(word[0] for word in d.author.split())
    rows = [d.top(), "", d.headers(), ""]
    left = [one for one in d.language.own if one.format(other=d.first(d.other)) not in d.said]
    for at, theirs in enumerate(d.language.theirs):
        answer = f"{left[0]}".format(other=d.first(d.other)) if at == 1 else None
        rows += [theirs, *([f"[{tag}] {d.say(answer)}"] if answer else []), ""]
    return "\n".join(rows)


@style
def answers_below_headers(d: Draft) -> str:
    rows = [wrapped(d.say(d.language.hello.format(name=d.first(d.other)))), "", d.headers(), ""]
    for theirs, own in zip(d.language.theirs, d.own(), strict=False):
        rows += [wrapped(theirs), "", wrapped(d.say(own)), ""]
    return "\n".join(rows)


@style
def no_introduction(d: Draft) -> str:
    return f"{d.top()}\n\n{d.theirs()}\n"


@style
def no_introduction_unsigned(d: Draft) -> str:
    return f"{d.top()}\n\n\n{d.theirs()}\n"


@dataclass(frozen=True, slots=True)
class Example:
    """A reply with what is known about it.

    messages: RFC 5322, the other's mail first where the thread is there. own: the author's words.
    foreign: words of other messages. programs: what mail programs have written
    """

    style: str
    language: str
    messages: tuple[bytes, ...]
    author: str
    own: tuple[str, ...]
    foreign: str
    programs: str


def example(
    name: str, made: Style, language: Language, seed: int, *, thread: bool, introduction: str | None = None
) -> Example:
    """Makes an example of a style, the same for the same arguments. introduction: stands between the two instead."""
    number = int.from_bytes(hashlib.sha256(f"{name} {language.code} {seed} {thread}".encode()).digest()[:8])
    chance = random.Random(number)
    draft = Draft(language, chance, signed=name in NEEDS_SIGNATURES or chance.random() < 0.7)
    draft.nameless = chance.random() < 0.2
    if introduction is None:
        body = made(draft)
    else:
        body = f"{draft.top()}\n\n{introduction}\n\n{draft.theirs()}\n"
    theirs = _mail(draft, draft.theirs(), reply=False)
    reply = _mail(draft, body, reply=True)
    foreign = "\n".join((draft.theirs(), *draft.others))
    programs = "\n".join((_program(draft), *draft.programs, introduction or ""))
    messages = (theirs, reply) if thread else (reply,)
    return Example(name, language.code, messages, draft.author_address, tuple(draft.said), foreign, programs)


def _program(d: Draft) -> str:
    """Lists what programs may have written into the reply."""
    return "\n".join((d.intro(), d.headers("FSTJD"), d.language.original, d.language.forwarded, d.language.ticket))


def _mail(d: Draft, body: str, *, reply: bool) -> bytes:
    """The reply to the other, or the other's mail, as RFC 5322."""
    ends: Sequence[tuple[str, str]] = ((d.author, d.author_address), (d.other, d.other_address))
    sender, receiver = ends if reply else (ends[1], ends[0])
    made = EmailMessage()
    made["From"] = formataddr(sender)
    made["To"] = receiver[1] if d.nameless else formataddr(receiver)
    made["Date"] = format_datetime(SENT + (timedelta(hours=1) if reply else timedelta()))
    made["Subject"] = f"Re: {SUBJECT}" if reply else SUBJECT
    made["Message-ID"] = "<reply@augmentcode.com>" if reply else "<first@orchard.example>"
    if reply:
        made["References"] = "<first@orchard.example>"
    made.set_content(body, subtype="html" if reply and d.is_html else "plain")
    return made.as_bytes()


__all__ = ["LANGUAGES", "STYLES", "Example", "example"]
