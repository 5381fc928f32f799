"""Reads the text of an HTML message; quotations are marked line by line with `>`, as plain text marks them.

A quotation is a `blockquote`, or what has a line drawn at its left. What a style hides is not read. Lines that are
written in a colour begin with `COLOURED`: between the lines of a quotation that is how some people answer. Lines that
are folded away (`details`), or in an element whose name says that it quotes and that marks nothing as quoted, begin
with `FOLDED`: perhaps they are somebody else's.

One pass over the tags by patterns that stop at the next `<`, so that any markup takes time in proportion to its size:
the standard library's parser looks for the end of an attribute through the whole rest of the text, at every tag.
"""

from __future__ import annotations

import html as entities
import re
from contextlib import suppress
from dataclasses import dataclass, field

LONGEST = 1_000_000
"""Characters of HTML that are read; mail programs write about ten of markup for one of text."""

COLOURED, FOLDED = "\ue000", "\ue001"
MOST_OPEN = 100
"""Elements within each other whose style is known; deeper ones look like what they stand in."""

_LINE_AT_LEFT = re.compile(
    r"border-(?:left|inline-start)(?:-width)?:(?! ?(?:none|0|medium none))"
    r"|border-width: ?(?:0\w{0,2} ){3}(?!0)\d",
    re.IGNORECASE,
)
_INDENTED = re.compile(
    r"(?:margin|padding)(?:-left|-inline-start|(?=: ?(?:[\w.]{1,8} ){3}\d)): ?(?:[\w.]{1,8} ){0,3}"
    r"(\d{0,3}\.?\d{1,3})(px|pt|em|rem|in|cm|ch)",
    re.IGNORECASE,
)
_POINTS = {"px": 0.75, "pt": 1.0, "em": 12.0, "rem": 12.0, "in": 72.0, "cm": 28.0, "ch": 6.0}
LEAST_INDENTATION = 15.0
"""Points at the left from which on something looks indented."""
_HANGING = re.compile(r"text-indent: ?-", re.IGNORECASE)
INDENTATION = "    "
RULE = "-" * 20
CELL = "\t"
"""Between the cells of a row."""
_HIDDEN = re.compile(
    r"display: ?none|visibility: ?hidden|mso-hide: ?all|(?:font-size|opacity|max-height): ?0(?![.\d])"
    r"|(?:left|top|text-indent): ?-\d{3}|(?:^|\s)hidden(?=[\s=/>]|$)",
    re.IGNORECASE,
)
_COLOUR = re.compile(
    r"(?<![-\w])color ?[:=] ?[\"']?(?:#([0-9a-f]{6}|[0-9a-f]{3})(?![0-9a-f])|rgb\((\d{1,3}), ?(\d{1,3}), ?(\d{1,3})\)"
    r"|(red|blue|green|purple|teal|maroon|fuchsia|orange|crimson))",
    re.IGNORECASE,
)
_ANY_COLOUR = re.compile(r"(?<![-\w])color ?[:=]", re.IGNORECASE)
_OF_PROGRAMS = frozenset({"1f497d", "0563c1", "0000ee", "1155cc", "954f72", "500050", "2f5496", "1f3864"})
"""Colours of links and of what programs take for text."""
LEAST_HUE = 60
"""How far apart red, green and blue of a colour are at least: signatures are grey."""
_TAG = re.compile(r"""<(/?)([A-Za-z][A-Za-z0-9]{0,20})((?:[^<>"']|"[^"<]*"|'[^'<]*')*>|[^<>]*>)""")
_OTHER_MARKUP = re.compile(r"<[!?][^<>]*>")
_SPACE = re.compile(r"\s+")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_PARAGRAPHS = _HEADINGS | {"p", "ul", "ol", "table", "blockquote", "details", "summary"}
_BREAKS = (
    _PARAGRAPHS
    | {"address", "article", "dd", "div", "dl", "dt", "footer", "header", "hr", "li", "pre", "section"}
    | {"tr"}
)
_CELLS = frozenset({"td", "th"})
_SET_IN = frozenset({"div", "p", "td"})
_STYLED = frozenset({"blockquote", "details", "div", "font", "p", "section", "span", "table", "td"})
_ENDS_A_PARAGRAPH = _BREAKS - {"dd", "dt", "li", "tr"}
"""What cannot stand in a `p`, and ends it, as HTML has it."""
_WITHIN_A_LINE = frozenset({"font", "p", "span"})
"""What ends no element around it that is not one of these: a stray `</p>` in a quotation does not end the quotation."""
LONGEST_STYLE = 2_000
"""Characters of a tag's attributes that are looked at."""
_FOLDS = frozenset({"details"})
_NAMED = re.compile(r"(?<![-\w])(?:class|id) ?= ?[\"']?([^\"'>=]{0,200})", re.IGNORECASE)
_SAYS_QUOTED = re.compile("quot|cit[ae]|fwd|forward|original", re.IGNORECASE)
_SILENT = frozenset({"head", "script", "style", "title", "template"})


def as_text(html: str, most: int = LONGEST) -> str:
    """Returns the text of an HTML message, read until it has so many characters at least."""
    reader = _Reader()
    position = 0
    html = _OTHER_MARKUP.sub("", _without_comments(html[:LONGEST]))
    for tag in _TAG.finditer(html):
        if reader.said > most:
            return reader.text()
        reader.say(html[position : tag.start()])
        position = tag.end()
        if tag[1]:
            reader.end(tag[2].lower())
        else:
            reader.begin(tag[2].lower(), tag[3])
    reader.say(html[position:])
    return reader.text()


def _without_comments(html: str) -> str:
    first, *others = html.split("<!--")
    return first + "".join(one.partition("-->")[2] for one in others)


def _is_colour(attributes: str) -> bool | None:
    """Tells whether a style writes in a colour; None where it says nothing of colours."""
    found = _COLOUR.search(attributes[:LONGEST_STYLE])
    if found is None:
        return False if _ANY_COLOUR.search(attributes[:LONGEST_STYLE]) else None
    if found[5]:
        return True
    code = (found[1] or "").lower()
    code = code if len(code) != 3 else "".join(2 * digit for digit in code)
    parts = [int(code[at : at + 2], 16) for at in (0, 2, 4)] if code else [int(found[at]) for at in (2, 3, 4)]
    return code not in _OF_PROGRAMS and max(parts) - min(parts) >= LEAST_HUE


def _is_indented(attributes: str) -> bool:
    """Tells whether a style sets something in at the left; hanging items of a list are none."""
    style = attributes[:LONGEST_STYLE]
    points = sum(float(size) * _POINTS[unit.lower()] for size, unit in _INDENTED.findall(style))
    return points >= LEAST_INDENTATION and not _HANGING.search(style)


def _folds(tag: str, style: str) -> bool:
    """Tells whether an element is folded away, or has a name that says it quotes."""
    return tag in _FOLDS or any(_SAYS_QUOTED.search(one) for one in _NAMED.findall(style))


@dataclass(slots=True)
class _Line:
    """One line in the making. coloured, all: characters that are written in a colour, and of all"""

    depth: int
    indented: int = 0
    folded: bool = False
    pieces: list[str] = field(default_factory=list)
    coloured: int = 0
    all: int = 0

    @property
    def says(self) -> bool:
        return any(one.strip() for one in self.pieces)

    @property
    def text(self) -> str:
        colour = COLOURED if self.all and self.coloured == self.all else ""
        indentation = INDENTATION * min(self.indented, 10) if self.says and not self.depth else ""
        folded = FOLDED if self.folded and self.says else ""
        return "> " * min(self.depth, 50) + colour + folded + indentation + "".join(self.pieces)


@dataclass(frozen=True, slots=True)
class _Element:
    """An element that is open. first: number of its first line; folds: what it marks as quoted nowhere is perhaps"""

    tag: str = ""
    quotes: bool = False
    coloured: bool = False
    hidden: bool = False
    indents: bool = False
    folds: bool = False
    first: int = 0


class _Reader:
    """Collects lines with their depth of quotation."""

    def __init__(self) -> None:
        self._lines = [_Line(0)]
        self._depth = 0
        self._indented = 0
        self._folds = False
        self._open = [_Element()]
        self._silent = 0
        self.said = 0

    def begin(self, tag: str, attributes: str) -> None:
        if tag in _ENDS_A_PARAGRAPH:
            self._end_styled("p")
        self._begin(tag, attributes)

    def _begin(self, tag: str, attributes: str) -> None:
        if tag in _CELLS and not self._silent and self._lines[-1].says:
            self._lines[-1].pieces.append(CELL)
        if tag in _SILENT:
            self._silent += 1
        elif tag == "body":
            self._silent = 0
        elif tag == "q":
            self.say("“")
        elif tag == "br":
            self._lines.append(self._line())
            self.said += 1
        elif tag in _STYLED:
            self._begin_styled(tag, attributes)
        elif tag in _BREAKS:
            self._break(blank=tag in _PARAGRAPHS)
            if tag == "li":
                self._lines[-1].pieces.append("- ")
            elif tag == "hr" and not self._silent:
                self._lines[-1].pieces.append(RULE)
                self._break()

    def _begin_styled(self, tag: str, attributes: str) -> None:
        if tag in _BREAKS:
            self._break(blank=tag in _PARAGRAPHS)
        quotes = tag == "blockquote" or bool(_LINE_AT_LEFT.search(attributes[:LONGEST_STYLE]))
        indents = tag in _SET_IN and _is_indented(attributes)
        colour = _is_colour(attributes)
        if len(self._open) < MOST_OPEN:
            style = attributes[:LONGEST_STYLE]
            hidden, folds = bool(_HIDDEN.search(style)), not self._folds and _folds(tag, style)
            coloured = self._open[-1].coloured if colour is None else colour
            self._open.append(_Element(tag, quotes, coloured, hidden, indents, folds, len(self._lines) - 1))
            self._folds |= folds
            self._depth += quotes
            self._indented += indents
            self._silent += hidden
        if quotes or indents:
            self._break()
        elif "signature" in attributes[:LONGEST_STYLE] and "class" in attributes[:LONGEST_STYLE]:
            self._lines[-1].pieces.append("-- ")
            self._break()

    def end(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
            return
        if tag == "q":
            self.say("”")
        if tag in _STYLED:
            self._end_styled(tag)
        if tag in _BREAKS:
            self._break(blank=tag in _PARAGRAPHS)

    def _end_styled(self, tag: str) -> None:
        """Closes an element, and what was left open within it."""
        at = next((at for at in range(len(self._open) - 1, 0, -1) if self._open[at].tag == tag), 0)
        if at and (tag not in _WITHIN_A_LINE or all(one.tag in _WITHIN_A_LINE for one in self._open[at:])):
            self._close(at)

    def _close(self, at: int) -> None:
        """Closes the elements from this one on."""
        for one in self._open[at:]:
            self._depth -= one.quotes
            self._silent = max(0, self._silent - one.hidden)
            self._indented -= one.indents
            if one.folds and not any(line.depth for line in self._lines[one.first :]):
                for line in self._lines[one.first :]:
                    line.folded = True
            self._folds &= not one.folds
        del self._open[at:]

    def say(self, text: str) -> None:
        # A number of thousands of digits stands for no character, and is left as it is.
        with suppress(ValueError):
            text = entities.unescape(text)
        text = _SPACE.sub(" ", text)
        line = self._lines[-1]
        if not self._silent and (line.pieces or text.strip()):
            line.pieces.append(text if line.pieces else text.lstrip())
            self.said += len(text)
            line.all += len(text.strip())
            line.coloured += len(text.strip()) if self._open[-1].coloured else 0

    def _line(self) -> _Line:
        return _Line(self._depth, self._indented)

    def _break(self, *, blank: bool = False) -> None:
        if self._lines[-1].says:
            self._lines.append(self._line())
        else:
            self._lines[-1] = self._line()
        if blank and len(self._lines) > 1 and self._lines[-2].says:
            self._lines.append(self._line())

    def text(self) -> str:
        self._close(1)
        return "\n".join(line.text for line in self._lines)
