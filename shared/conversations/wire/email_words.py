"""Says what a message says itself, apart from what it quotes and what it is signed with.

    as_text(html)     HTML → text, quotations marked with `>` as plain text marks them
    divided(text)     text → its own lines, and what it quotes with whoever is said to have written that
    own_words(text)   the words of its own, one line per paragraph

Clients quote in three ways, and all are read: line by line with `>` (with answers in between), everything below an
introduction ("On … wrote:"), and everything below another client's block of headers. Best effort: no standard says how.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser

LONGEST_SIGNATURE_LINES = 8
LONGEST_SIGNATURE_LINE = 80
LONGEST_INTRODUCTION_LINES = 3

_INTRODUCTION = re.compile(
    r"(?:On|Am|Le|El|Op|Il|Em)\b[^\n]{0,400}"
    r"\b(?:wrote|schrieb|écrit|escribió|schreef|scritto|escreveu)\b[^\n:]{0,120}:"
)
_BANNER = re.compile(
    r"-{3,20}\s*(?:Original Message|Forwarded message|Ursprüngliche Nachricht|Message d'origine|Mensaje original)"
    r"\s*-{3,20}",
    re.IGNORECASE,
)
_RULE = re.compile(r"_{10,}")
_FROM = re.compile(r"(?:From|Von|De|Van|Da)\s?:\s?(?P<who>\S.{0,300})")
_OTHER_HEADER = re.compile(
    r"(?:Sent|Date|To|Cc|Subject|Gesendet|Datum|An|Betreff|Envoyé|À|Objet|Enviado|Para|Asunto|Verzonden|Aan|Onderwerp"
    r"|Inviato|A|Oggetto)\s?:\s?(?P<value>.{0,400})"
)
_WHEN = re.compile(r"(?:Sent|Date|Gesendet|Datum|Envoyé|Enviado|Verzonden|Inviato)\s?:\s?(?P<value>\S.{0,120})")
_SIGNATURE = re.compile(r"--\s?")
_CLOSING = re.compile(
    r"(?:(?:many |kind |best |warm |with ){0,3}(?:regards|wishes)|best|cheers|thanks|thank you|many thanks|sincerely"
    r"|yours(?: sincerely| faithfully)?|mit freundlichen Grüßen|viele Grüße|beste Grüße|cordialement|saludos|groeten)"
    r"\s*[,.!]?",
    re.IGNORECASE,
)
_DEVICE = re.compile(
    r"(?:Sent from my |Get Outlook for |Von meinem .{1,40} gesendet|Envoyé de mon ).{0,60}", re.IGNORECASE
)
_NOTICE = re.compile(
    r"(?:this|the) (?:e-?mail|message|communication)\b.{0,80}\b(?:confidential|intended (?:only|solely))",
    re.IGNORECASE,
)
_ITEM = re.compile(r"(?:[-*•]|\d{1,2}[.)])\s")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Quoted:
    """Says what a message quotes. who, when: as the introduction or the header says, None where it does not."""

    text: str
    who: str | None = None
    when: str | None = None


@dataclass(frozen=True, slots=True)
class Divided:
    """own: lines of its own, signature included. quoted: what it quotes, None for nothing."""

    own: str
    quoted: Quoted | None


def cleaned(text: str) -> str:
    """Returns the text with one kind of line end, without control and invisible characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ").replace("\x85", "\n")
    return _SURROGATE.sub("\ufffd", _CONTROL.sub("", _INVISIBLE.sub("", text)))


def own_words(text: str) -> str:
    """Returns the words of the message's own, one line per paragraph or list item."""
    lines = _without_signature(divided(text).own.split("\n"))
    found: list[str] = []
    fresh = True
    for line in (one.strip() for one in lines):
        if not line:
            fresh = True
        elif fresh or _ITEM.match(line):
            found.append(" ".join(line.split()))
            fresh = False
        else:
            # A line break within a paragraph is the client's, not the writer's.
            found[-1] += " " + " ".join(line.split())
    return "\n".join(found)


def divided(text: str) -> Divided:
    """Returns what is the message's own, and what it quotes."""
    lines = cleaned(text).split("\n")
    own: list[str] = []
    quoted: list[str] = []
    who = when = None
    last_marked = max((at for at, line in enumerate(lines) if line.startswith(">")), default=-1)
    position = 0
    while position < len(lines):
        line = lines[position].strip()
        block = _header_block(lines, position)
        if block is not None:
            end, who_here, when_here = block
            quoted += lines[end:]
            who, when = who or who_here, when or when_here
            break
        length = _introduction(lines, position)
        if length:
            said = " ".join(one.strip() for one in lines[position : position + length])
            who = who or said
            position += length
            own.append("")
            if last_marked < position:
                quoted += lines[position:]
                break
            continue
        if line.startswith(">"):
            quoted.append(re.sub(r"^\s*> ?", "", lines[position]))
            own.append("")
        else:
            own.append(lines[position])
        position += 1
    said = "\n".join(quoted)
    return Divided("\n".join(own), Quoted(said, who, when) if said.strip() else None)


def _introduction(lines: list[str], position: int) -> int:
    """Tells how many lines introduce a quotation here, 0 for none. It names a time or an address: a digit or an @."""
    if not lines[position].lstrip().startswith(("On", "Am", "Le", "El", "Op", "Il", "Em")):
        return 0
    said = ""
    for length in range(1, LONGEST_INTRODUCTION_LINES + 1):
        if position + length > len(lines):
            return 0
        line = lines[position + length - 1].strip()
        if not line:
            return 0
        said = f"{said} {line}".strip()
        if said.endswith(":"):
            told = any(char.isdigit() or char == "@" for char in said)
            return length if told and _INTRODUCTION.fullmatch(said) else 0
    return 0


def _header_block(lines: list[str], position: int) -> tuple[int, str | None, str | None] | None:
    """Tells where the quoted text begins below a banner, a rule or another client's headers, and who wrote it when."""
    start = position
    bannered = bool(_BANNER.fullmatch(lines[start].strip()))
    ruled = bool(_RULE.fullmatch(lines[start].strip()))
    if bannered or ruled:
        start += 1
        while start < len(lines) and not lines[start].strip():
            start += 1
    end, who, when, others = start, None, None, 0
    while end < len(lines) and end < start + 8:
        line = lines[end].strip().replace("*", "")
        begun = _FROM.fullmatch(line)
        if begun and who is None:
            who = begun["who"]
        elif who is not None and _OTHER_HEADER.fullmatch(line):
            others += 1
            time = _WHEN.fullmatch(line)
            when = time["value"] if time and when is None else when
        else:
            break
        end += 1
    if who is not None and others >= 2:
        return end, who, when
    return (start, None, None) if bannered else None


def _without_signature(lines: list[str]) -> list[str]:
    kept = []
    for line in lines:
        if _SIGNATURE.fullmatch(line) or _NOTICE.match(line.strip()):
            break
        if not _DEVICE.fullmatch(line.strip()):
            kept.append(line)
    while kept and not kept[-1].strip():
        kept.pop()
    last = max(0, len(kept) - LONGEST_SIGNATURE_LINES - 2)
    for position in range(last, len(kept)):
        if _CLOSING.fullmatch(kept[position].strip()):
            below = [one for one in kept[position + 1 :] if one.strip()]
            if all(len(one) <= LONGEST_SIGNATURE_LINE and not one.rstrip().endswith(("?", ".")) for one in below):
                # The closing and the name stay, titles and telephone numbers go.
                return [*kept[: position + 1], "", *below[:1]]
    return kept


def as_text(html: str) -> str:
    """Returns the text of an HTML message; quotations are marked line by line."""
    reader = _Reader()
    try:
        reader.feed(html)
        reader.close()
    except AssertionError:
        # What the parser calls impossible is broken markup; the text so far is what there is.
        pass
    return reader.text()


_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BLOCKS = (
    _HEADINGS
    | frozenset(
        (
            "address",
            "article",
            "dd",
            "div",
            "dl",
            "dt",
            "footer",
            "header",
            "hr",
            "li",
            "ol",
            "p",
            "pre",
            "section",
            "table",
        )
    )
    | {"tr", "ul"}
)
_PARAGRAPHS = _HEADINGS | {"p", "ul", "ol", "table", "blockquote"}
_SILENT = frozenset(("head", "script", "style", "title", "template"))


class _Reader(HTMLParser):
    """Collects lines with their depth of quotation."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[tuple[int, str]] = [(0, "")]
        self._depth = 0
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag == "blockquote":
            self._break(blank=True)
            self._depth += 1
            self._break()
        elif tag == "br":
            self._lines.append((self._depth, ""))
        elif tag in _BLOCKS:
            self._break(blank=tag in _PARAGRAPHS)
            if tag == "li":
                self._add("- ")
            elif any(name == "class" and "signature" in (value or "") for name, value in attrs):
                self._add("-- ")
                self._break()

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag == "blockquote":
            self._depth = max(0, self._depth - 1)
            self._break(blank=True)
        elif tag in _BLOCKS:
            self._break(blank=tag in _PARAGRAPHS)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._add(re.sub(r"\s+", " ", data))

    def _add(self, text: str) -> None:
        depth, line = self._lines[-1]
        self._lines[-1] = (depth, line + text if line else text.lstrip())

    def _break(self, *, blank: bool = False) -> None:
        if self._lines[-1][1].strip():
            self._lines.append((self._depth, ""))
        else:
            self._lines[-1] = (self._depth, "")
        if blank and len(self._lines) > 1 and self._lines[-2][1].strip():
            self._lines.append((self._depth, ""))

    def text(self) -> str:
        return "\n".join("> " * depth + line for depth, line in self._lines)
