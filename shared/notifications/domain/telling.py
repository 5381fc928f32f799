"""Puts a notice into words: the same in the portal, in a mail and in Slack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Final
from urllib.parse import quote

from shared.platform.domain.notice_kind import NoticeKind

SENTENCES: Final[Mapping[NoticeKind, str]] = {
    "transcript.opened": "{by} read what was said in a call of yours",
    "grant.given": "{by} lets {to} read your calls",
    "grant.revoked": "{by} has ended that {to} may read your calls",
    "escalation.raised": "{by} lets {to} read a call of yours",
    "escalation.revoked": "{by} has ended that {to} may read a call of yours",
    "webhook.paused": "A webhook of yours was paused",
    "preparation.assigned": "Prepare for your meeting with {account}",
    "assignment.given": "{by} asks you to do something: {title}",
    "assignment.by_rule": "A skill of yours asks for it: {title}",
    "assignment.reminder": "Not done yet: {what}",
    "assignment.not_begun": "{to} has not begun what is due: {what}",
    "assignment.withdrawn": "{by} has taken back what you were asked to do: {title}",
    "deal.at_risk": "{to} may not be ready for the deal with {account}",
    "learning.invited": "{by} invites you to learn: {title}",
    "coach.nudge": "{title}",
    "coach.safety_stop": "{to}: the coach {title}. Ring them now",
    "coach.hand_over": "{to}: the coach {title}",
    "coach.answered": "{by} has answered you: write to the coach to read it",
    "notifications.paused": "{channel}: you are not reached there any more, so nothing is sent",
}
CHANNEL_NAMES: Final = {"email": "E-mail", "slack": "Slack", "push": "Push notifications"}


@dataclass(frozen=True, slots=True)
class Told:
    """Holds what a notice says. details: (label, value) pairs; page: (its path in the portal, what to do there)"""

    sentence: str
    details: tuple[tuple[str, str], ...]
    page: tuple[str, str]


def sentence_of(kind: NoticeKind, facts: Mapping[str, str], names: Mapping[str, str]) -> str:
    """Returns what happened. names: of people, by id"""
    return SENTENCES[kind].format(
        by=_name(facts, names, "by", "Somebody"),
        to=_name(facts, names, "to", "somebody"),
        account=facts.get("account", ""),
        title=facts.get("title", ""),
        what=facts.get("title") or f"preparing for the meeting with {facts.get('account', '')}",
        channel=CHANNEL_NAMES.get(facts.get("channel", ""), "A channel"),
    )


def page_of(kind: NoticeKind, facts: Mapping[str, str]) -> tuple[str, str] | None:
    """Returns the page where there is something to do about it: path, and what to do."""
    if kind == "preparation.assigned":
        return "/preparation", "Prepare"
    if kind in ("assignment.given", "assignment.by_rule", "assignment.reminder"):
        return "/preparation", "See what and why"
    if kind == "assignment.not_begun":
        return f"/people/{quote(facts['to'])}/preparation", "See what is open"
    if kind == "deal.at_risk":
        return f"/people/{quote(facts['to'])}/preparation", "See what is being done"
    if kind == "learning.invited":
        return "/learn/", "Begin"
    if kind == "coach.nudge":
        return "/learn/", "Answer"
    if kind in ("coach.safety_stop", "coach.hand_over"):
        return "/hand-overs", "See and answer"
    if kind == "notifications.paused":
        return "/notifications/settings", "Try again"
    return None


def told(kind: NoticeKind, facts: Mapping[str, str], names: Mapping[str, str], zone: tzinfo) -> Told:
    """Returns what goes beyond the portal: what happened, until when, and where to go. Nothing that was said."""
    details = []
    if "due" in facts:
        details.append(("Due", _moment(facts["due"], zone)))
    if "meeting" in facts:
        details.append(("Meeting", _moment(facts["meeting"], zone)))
    if "risk" in facts:
        details.append(("Risk", facts["risk"].replace("_", " ")))
    if "until" in facts:
        details.append(("Until", f"{date.fromisoformat(facts['until']):%-d %B %Y}"))
    return Told(sentence_of(kind, facts, names), tuple(details), page_of(kind, facts) or ("/notifications", "Look"))


def _name(facts: Mapping[str, str], names: Mapping[str, str], which: str, otherwise: str) -> str:
    return names.get(facts[which], facts[which]) if which in facts else otherwise


def _moment(text: str, zone: tzinfo) -> str:
    at = datetime.fromisoformat(text).astimezone(zone)
    return f"{at:%A, %-d %B %Y, %H:%M} ({at:%Z})"
