"""Shows administrators whether some deals go without preparation, and which; turns that on and off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from functions.portal.shell import words
from functions.portal.shell.paging import following
from functions.portal.shell.visit import Page, PageOrRedirect, Redirect, Visit
from infra.wiring.enablement import enablement
from infra.wiring.environment import Environment
from shared.platform.edges.query import place_of

if TYPE_CHECKING:
    from shared.enablement.contract import HoldOutView, TrialDealView

PER_PAGE = 50
ARMS = {"held_out": "Goes without", "prepared": "Prepared"}


@dataclass(frozen=True)
class Trial:
    """Holds the trial and a page of its deals. accounts: names of whose they are, by deal id"""

    setting: HoldOutView
    deals: Sequence[TrialDealView]
    more: str | None = None
    accounts: Mapping[str, str] = field(default_factory=dict)


def show_hold_out(on: Environment, visit: Visit) -> PageOrRedirect:
    """Shows the trial."""
    held = enablement(on).hold_out
    found = held.deals(visit.caller, limit=PER_PAGE, after=place_of(visit))
    accounts = held.accounts(visit.caller, [one.deal_id for one in found.items])
    return present(Trial(held.show(visit.caller), found.items, following("/hold-out", found.next), accounts))


def turn(on: Environment, visit: Visit) -> PageOrRedirect:
    """Turns the hold-out on or off."""
    from shared.enablement.contract import HoldOutBody

    enablement(on).hold_out.turn(visit.caller, HoldOutBody(on=visit.form.get("on") == "yes"))
    return Redirect("/hold-out?done=hold_out")


def present(view: Trial) -> Page:
    variables = {"view": view, "share": f"{words.percent(view.setting.share)} %", "ARMS": ARMS}
    return Page("hold_out/hold_out.html", variables, "hold_out")
