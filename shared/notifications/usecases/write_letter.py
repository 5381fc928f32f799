"""Writes the letter of a delivery, from what its notices say when it is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from shared.notifications.domain.channels import RULES
from shared.notifications.domain.invitation_link import InvitationLinks
from shared.notifications.domain.letter import Letter, Part
from shared.notifications.domain.one_click import OneClick
from shared.notifications.domain.telling import told
from shared.notifications.records import Delivery
from shared.notifications.usecases.reach import Reach, Reached, Way
from shared.platform.records.notices import Notice, NoticeRecords

SETTINGS: Final = "/notifications/settings"
OF_USE: Final = timedelta(days=1)
"""To whoever is not reached at once, where a notice names no moment after which it is late."""


class WriteLetter:
    """Reads notices and puts them into words."""

    def __init__(
        self, notices: NoticeRecords, reach: Reach, links: OneClick, invitations: Callable[[], InvitationLinks]
    ) -> None:
        """Takes `invitations`, which signs the links of invitations: made when there is one to write."""
        self._notices = notices
        self._reach = reach
        self._links = links
        self._invitations = invitations

    def of(self, delivery: Delivery, person: Reached, way: Way, now: datetime) -> Letter | None:
        """Returns the letter; None where there is nothing to say any more: taken back, or of a summary all of it read
        or switched off meanwhile."""
        notices = [one for one in map(self._notices.get, delivery.notices) if one is not None]
        summary = delivery.kind is None
        if summary:
            chosen = person.preferences
            notices = [one for one in notices if one.unread and chosen.mode(delivery.channel, one.kind) != "off"]
        if not notices:
            return None
        if delivery.channel == "push" and not person.preferences.names_on_devices:
            parts = tuple(self._nameless(one, person) for one in notices)
        else:
            names = self._names(notices)
            parts = tuple(self._part(one, names, person) for one in notices)
            if delivery.channel == "email":  # nothing else is a person's alone, and outside a session
                parts = tuple(self._with_way_in(one, part) for one, part in zip(notices, parts, strict=True))
        return Letter(
            key=delivery.delivery_id,
            employee_id=person.employee.employee_id,
            address=way.address,
            heading=_heading(len(parts)) if summary else parts[0].sentence,
            parts=parts,
            settings=f"{self._links.portal}{SETTINGS}",
            unsubscribe=self._links.link(delivery.delivery_id) if may_end(delivery) else None,
            urgent=delivery.kind is not None and RULES[delivery.kind].urgent,
            seconds=max(_seconds(one, now) for one in notices),
        )

    def _part(self, notice: Notice, names: Mapping[str, str], person: Reached) -> Part:
        said = told(notice.kind, notice.facts, names, person.hours.zone)
        path, what = said.page
        return Part(said.sentence, said.details, (f"{self._links.portal}{path}", what))

    def _with_way_in(self, notice: Notice, part: Part) -> Part:
        """Returns an invitation with the link that lets its person in; any other notice as it is."""
        if notice.kind != "learning.invited":
            return part
        return replace(part, link=(self._invitations().link(notice.facts["invitation"]), part.link[1]))

    def _nameless(self, notice: Notice, person: Reached) -> Part:
        """Returns what whoever finds a device may read: what it is about, and until when."""
        return replace(self._part(notice, {}, person), sentence=RULES[notice.kind].about)

    def _names(self, notices: list[Notice]) -> Mapping[str, str]:
        found = {one.facts[key] for one in notices for key in ("by", "to") if key in one.facts}
        return self._reach.employees.names(found)


def may_end(delivery: Delivery) -> bool:
    """Tells whether one click may end what a delivery is one of."""
    return delivery.kind is None or not RULES[delivery.kind].mandatory


def _seconds(notice: Notice, now: datetime) -> int:
    moments = [datetime.fromisoformat(notice.facts[name]) for name in ("due", "meeting") if name in notice.facts]
    of_use = max(moments) if moments else now + OF_USE
    return max(0, int((of_use - now).total_seconds()))


def _heading(count: int) -> str:
    return "One notification of the last day" if count == 1 else f"{count} notifications of the last day"
