"""Writes the letter of a delivery, from what its notices say when it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from shared.notifications.domain.channels import RULES
from shared.notifications.domain.letter import Letter, Part
from shared.notifications.domain.one_click import OneClick
from shared.notifications.domain.telling import told
from shared.notifications.records import Delivery
from shared.notifications.usecases.reach import Reach, Reached
from shared.platform.records.notices import Notice, NoticeRecords

SETTINGS: Final = "/notifications/settings"


class WriteLetter:
    """Reads notices and puts them into words."""

    def __init__(self, notices: NoticeRecords, reach: Reach, links: OneClick) -> None:
        self._notices = notices
        self._reach = reach
        self._links = links

    def of(self, delivery: Delivery, person: Reached) -> Letter | None:
        """Returns the letter; None where there is nothing to say any more: taken back, or of a summary all of it read
        or switched off meanwhile."""
        address = self._reach.address(person, delivery.channel)
        notices = [one for one in map(self._notices.get, delivery.notices) if one is not None]
        summary = delivery.kind is None
        if summary:
            chosen = person.preferences
            notices = [one for one in notices if one.unread and chosen.mode(delivery.channel, one.kind) != "off"]
        if address is None or not notices:
            return None
        names = self._names(notices)
        parts = tuple(self._part(one, names, person) for one in notices)
        return Letter(
            key=delivery.delivery_id,
            employee_id=person.employee.employee_id,
            address=address,
            heading=_heading(len(parts)) if summary else parts[0].sentence,
            parts=parts,
            settings=f"{self._links.portal}{SETTINGS}",
            unsubscribe=self._links.link(delivery.delivery_id) if may_end(delivery) else None,
        )

    def _part(self, notice: Notice, names: Mapping[str, str], person: Reached) -> Part:
        said = told(notice.kind, notice.facts, names, person.hours.zone)
        path, what = said.page
        return Part(said.sentence, said.details, (f"{self._links.portal}{path}", what))

    def _names(self, notices: list[Notice]) -> Mapping[str, str]:
        found = {one.facts[key] for one in notices for key in ("by", "to") if key in one.facts}
        return self._reach.employees.names(found)


def may_end(delivery: Delivery) -> bool:
    """Tells whether one click may end what a delivery is one of."""
    return delivery.kind is None or not RULES[delivery.kind].mandatory


def _heading(count: int) -> str:
    return "One notification of the last day" if count == 1 else f"{count} notifications of the last day"
