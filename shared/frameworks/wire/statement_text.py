"""Reads the text of a statement, which its publisher writes as HTML, plain text or both."""

from __future__ import annotations

import html
import re

from shared.kernel.unicode_form import composed

_DROPPED = re.compile(r"<(?:script|style)\b[^<>]*>[^<]*", re.IGNORECASE)
_BREAK = re.compile(r"</?(?:p|div|ul|ol|table|tr|h[1-6]|br)\b[^<>]*>", re.IGNORECASE)
_ITEM = re.compile(r"<li\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--[^<>]*-->")
_UNSEEN = re.compile("[\u0000-\u0008\u000b-\u001f\u007f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_BLANKS = re.compile(r"[^\S\n]+")

LONGEST = 20_000
"""Characters of a statement with its markup; the longest official one has about 3,000."""


def plain_text(detail: str) -> str:
    """Returns the words of a statement, a line each paragraph or item of a list ("- "). detail: at most LONGEST"""
    text = _DROPPED.sub("", detail.replace("\r\n", "\n"))
    text = _TAG.sub("", _ITEM.sub("\n- ", _BREAK.sub("\n", text)))
    text = _UNSEEN.sub("", composed(html.unescape(text)))
    lines = (_BLANKS.sub(" ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line not in ("", "-"))
