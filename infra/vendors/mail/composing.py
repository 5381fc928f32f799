"""Composes the mail of a letter: HTML with its styles inlined, since mail programs drop style sheets, and text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from shared.notifications.domain.letter import Letter

if TYPE_CHECKING:
    from css_inline import CSSInliner
    from jinja2 import Template

HERE = Path(__file__).parent
POLICY = SMTP.clone(cte_type="7bit", max_line_length=900)
"""A header that is folded within an address has the rest of it encoded, and no mail program finds the link."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Names whom mails come from. address: also read by whoever ends mails by mail; name: shown beside it"""

    address: str
    name: str = "Augment Skills"

    @property
    def domain(self) -> str:
        """Returns what stands after the @."""
        return self.address.rpartition("@")[2]


def message_id(letter: Letter, sender: Sender) -> str:
    """Returns the Message-ID of a letter: the same however often it is sent, so that a mailbox knows a repetition."""
    return f"<{letter.key}@{sender.domain}>"


def composed(letter: Letter, sender: Sender, now: datetime) -> EmailMessage:
    """Returns the mail. Raises ValueError for an address that no mail can go to."""
    if not all(letter.address.partition("@")):
        raise ValueError("no mail can go there")
    mail = EmailMessage(policy=POLICY)
    mail["From"] = Address(sender.name, addr_spec=sender.address)
    mail["To"] = Address(addr_spec=letter.address)
    mail["Subject"] = " ".join(letter.heading.split())
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = message_id(letter, sender)
    mail["Auto-Submitted"] = "auto-generated"
    if letter.unsubscribe is not None:
        by_mail = f"mailto:{sender.address}?subject={quote('unsubscribe ' + letter.unsubscribe.rpartition('/')[2])}"
        mail["List-Unsubscribe"] = f"<{by_mail}>, <{letter.unsubscribe}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(text_of(letter))
    mail.add_alternative(html_of(letter), subtype="html")
    mail.set_boundary(f"=_{letter.key}")  # by chance it would make a repetition another mail
    return mail


def html_of(letter: Letter) -> str:
    """Returns the HTML part."""
    return _inliner().inline(_template().render(letter=letter))


def text_of(letter: Letter) -> str:
    """Returns the text part."""
    lines: list[str] = [] if len(letter.parts) == 1 else [letter.heading, ""]
    for part in letter.parts:
        address, what = part.link
        lines += [part.sentence, *_labelled(part.details), f"{what}: {address}", ""]
    lines.append(f"What you are sent, and when: {letter.settings}")
    if letter.unsubscribe is not None:
        lines.append(f"Do not send this any more: {letter.unsubscribe}")
    return "\n".join(lines) + "\n"


def _labelled(details: Sequence[tuple[str, str]]) -> list[str]:
    return [f"  {label}: {value}" for label, value in details]


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string((HERE / "mail.html").read_text("utf-8"))


@cache
def _inliner() -> CSSInliner:
    from css_inline import CSSInliner

    return CSSInliner(load_remote_stylesheets=False, keep_style_tags=False, keep_at_rules=True)
