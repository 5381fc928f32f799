"""Reads the text of an HTML message; quotations are marked line by line with `>`, as plain text marks them.

One pass over the tags by patterns that stop at the next `<`, so that any markup takes time in proportion to its size:
the standard library's parser looks for the end of an attribute through the whole rest of the text, at every tag.
"""

from __future__ import annotations

import html as entities
import re
from contextlib import suppress

LONGEST = 1_000_000
"""Characters of HTML that are read; mail programs write about ten of markup for one of text."""

_TAG = re.compile(r"""<(/?)([A-Za-z][A-Za-z0-9]{0,20})((?:[^<>"']|"[^"<]*"|'[^'<]*')*>|[^<>]*>)""")
_OTHER_MARKUP = re.compile(r"<[!?][^<>]*>")
_SPACE = re.compile(r"\s+")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_PARAGRAPHS = _HEADINGS | {"p", "ul", "ol", "table", "blockquote"}
_BREAKS = (
    _PARAGRAPHS
    | {"address", "article", "dd", "div", "dl", "dt", "footer", "header", "hr", "li", "pre", "section"}
    | {"tr"}
)
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


class _Reader:
    """Collects lines with their depth of quotation."""

    def __init__(self) -> None:
        self._lines: list[tuple[int, list[str]]] = [(0, [])]
        self._depth = 0
        self._silent = 0
        self.said = 0

    def begin(self, tag: str, attributes: str) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag == "body":
            self._silent = 0
        elif tag == "br":
            self._lines.append((self._depth, []))
            self.said += 1
        elif tag in _BREAKS:
            self._break(blank=tag in _PARAGRAPHS)
            if tag == "blockquote":
                self._depth += 1
                self._break()
            elif tag == "li":
                self._lines[-1][1].append("- ")
            elif "signature" in attributes and "class" in attributes:
                self._lines[-1][1].append("-- ")
                self._break()

    def end(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _BREAKS:
            self._depth = max(0, self._depth - (tag == "blockquote"))
            self._break(blank=tag in _PARAGRAPHS)

    def say(self, text: str) -> None:
        # A number of thousands of digits stands for no character, and is left as it is.
        with suppress(ValueError):
            text = entities.unescape(text)
        text = _SPACE.sub(" ", text)
        line = self._lines[-1][1]
        if not self._silent and (line or text.strip()):
            line.append(text if line else text.lstrip())
            self.said += len(text)

    def _break(self, *, blank: bool = False) -> None:
        if any(one.strip() for one in self._lines[-1][1]):
            self._lines.append((self._depth, []))
        else:
            self._lines[-1] = (self._depth, [])
        if blank and len(self._lines) > 1 and any(one.strip() for one in self._lines[-2][1]):
            self._lines.append((self._depth, []))

    def text(self) -> str:
        return "\n".join("> " * min(depth, 50) + "".join(line) for depth, line in self._lines)
