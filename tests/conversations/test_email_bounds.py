"""Shows that what strangers write is read in time proportional to its size, by each pattern and the whole reader."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest

from shared.conversations.wire import (
    email_automatic,
    email_comments,
    email_evidence,
    email_export,
    email_html,
    email_labelled,
    email_message,
    email_others,
    email_overlap,
    email_people,
    email_set_apart,
    email_thread,
    email_words,
)
from shared.conversations.wire.email_html import as_text
from shared.conversations.wire.email_thread import parse_thread
from shared.kernel.errors import Rejected
from tests.attacks.patterns import SEARCHING, Found
from tests.attacks.proportion import slower_than_its_length
from tests.attacks.seeds import Seed

pytestmark = pytest.mark.long
MODULES = (
    email_automatic,
    email_comments,
    email_evidence,
    email_export,
    email_html,
    email_labelled,
    email_message,
    email_others,
    email_overlap,
    email_people,
    email_set_apart,
    email_thread,
    email_words,
)
PATTERNS = {
    f"{module.__name__.rpartition('.')[2]}.{name}": value
    for module in MODULES
    for name, value in vars(module).items()
    if isinstance(value, re.Pattern)
}
SEEDS = {
    "equals": "=",
    "dashes": "--a",
    "spaces": " ",
    "lines": "\n",
    "open tags": '<a b="',
    "closed tags": '<a b=">',
    "single quotes": "<a b='\"",
    "addresses": "a@",
    "letters": "a",
    "digits": "1",
    "marks": "> ",
    "headers": "a: b\n",
    "endless header": "a: b,\n,\n",
    "introductions": "On Tue, 10 Nov 2026 at 13:53, Ada <a@b.example> wrote\n",
    "entities": "&#1",
    "comments": "<!--",
    "quotations": "<blockquote>",
    "answers": "[JR] x\n",
    "names": "Joe\nAda\n",
    "encoded words": "=?a?q?x",
    "identifiers": "<a",
    "commas": "a,\n",
    "characters": "名",
    "from lines": "From ",
    "rules": "a b c d e f.\n\n---\n",
    "indented": "a b c d e f.\n    a b c d e f.\n",
    "colons before lines": ": a\n",
    "headings": "Joe Reilly, 10 Nov 2026 15:00\n\nAda Brook, 10 Nov 2026 14:00\n\n",
    "sayings": "Peter Novak wrote:\n\n",
    "margins": "<div style='margin:0 0 0 40px'>a b c d e f.",
}
BELOW = {
    "below a signature": Seed("From: Ada <a@b.example>\nTo: Joe\n\nAda Brook\n", "x\n"),
    "below initials": Seed("From: Ada <a@b.example>\nTo: Joe\n\n", "[JR] a line that is long enough to go on and on\n"),
}
TEXTS = {name: Seed("", repeated) for name, repeated in SEEDS.items()} | BELOW
SIZE = 100_000
SECONDS_PER_KB = 0.02
"""A machine under load stays below it with a linear reader; a quadratic one needs a hundred times as much."""


def filled(seed: str) -> str:
    return (seed * (SIZE // len(seed) + 1))[:SIZE]


def seconds(run: Callable[[], object]) -> float:
    started = time.process_time()
    run()
    return time.process_time() - started


def test_every_pattern_is_linear_on_what_mails_are_made_of() -> None:
    """Beside the texts on which every pattern of the code base is held to its length (tests/attacks)."""
    texts = [*TEXTS.values()]
    found = (
        slower_than_its_length(Found(name, pattern, SEARCHING), whole=False, texts=texts)
        for name, pattern in PATTERNS.items()
    )
    assert PATTERNS
    assert [*filter(None, found)] == []


def mail(body: str, kind: str = "plain", **headers: str) -> bytes:
    rows = {
        "From": "Joe Reilly <joe@augmentcode.com>",
        "To": "Ada Brook <ada@orchard.example>",
        "Date": "Tue, 10 Nov 2026 15:00:00 +0100",
        "Subject": "Re: Trial",
        "Content-Type": f"text/{kind}; charset=utf-8",
    } | headers
    return ("\n".join(f"{name}: {value}" for name, value in rows.items()) + "\n\n" + body).encode()


@pytest.mark.parametrize("kind", ["plain", "html"])
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_a_whole_mail_is_read_in_linear_time(text: Seed, kind: str) -> None:
    def read() -> None:
        try:
            parse_thread(mail("Hello.\n" + text.text(SIZE), kind))
        except Rejected:
            return

    assert seconds(read) < SECONDS_PER_KB * SIZE / 1000


@pytest.mark.parametrize("name", ["Subject", "References", "From", "To", "Date", "Auto-Submitted", "Message-ID"])
@pytest.mark.parametrize("seed", ["=?a?q?x", "a@b,", "<a", "(", '"', "a ", "1"])
def test_a_header_is_bounded_before_it_is_read(name: str, seed: str) -> None:
    def read() -> None:
        try:
            parse_thread(mail("Hello.", **{name: filled(seed)}))
        except Rejected:
            return

    assert seconds(read) < SECONDS_PER_KB * SIZE / 1000


def test_html_with_an_open_attribute_in_every_tag_is_read_at_once() -> None:
    assert seconds(lambda: as_text('<a b="' * 12_000)) < 1


def test_a_number_of_thousands_of_digits_is_no_character() -> None:
    assert as_text("<p>&#" + "1" * 9_000 + ";</p>").startswith("&#1")
