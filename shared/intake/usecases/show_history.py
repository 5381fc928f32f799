"""Shows what was observed of one person: the events of the ledger, the newest first."""

from __future__ import annotations

from dataclasses import replace

from shared.frameworks.usecases.configuration import Configuration
from shared.intake.contract import HistoryItem
from shared.intake.usecases.event_views import EventViews
from shared.intake.usecases.judged_events import JudgedEvents
from shared.kernel.access import Caller, require
from shared.kernel.errors import Rejected
from shared.kernel.pages import Page, Position
from shared.observations.domain.event_filter import EventFilter
from shared.observations.domain.observation import Kind
from shared.people.records import Employee
from shared.people.usecases.open_profile import OpenProfile, require_open


class ShowHistory:
    """Reads histories."""

    def __init__(
        self, events: JudgedEvents, views: EventViews, profiles: OpenProfile, configuration: Configuration
    ) -> None:
        self._events = events
        self._views = views
        self._profiles = profiles
        self._configuration = configuration

    def open(self, caller: Caller, employee_id: str, kind: Kind) -> Employee:
        """Opens a person's history for who may see it; leaves it on record.

        Raises NotFound, Forbidden.
        """
        require(caller, "histories.read")
        return self._profiles.open(caller, employee_id, page=f"{kind} history")

    def of(
        self,
        caller: Caller,
        employee: Employee,
        wanted: EventFilter,
        *,
        limit: int = 50,
        after: Position | None = None,
    ) -> Page[HistoryItem]:
        """Returns the history of a person who has been opened for the caller.

        Of an analysis that is not open for the caller yet only what it is of is shown, and it is not among those that
        score a competency, or stand in some way. wanted: its competency in any word that the person's framework knows
        for it. Raises Rejected for another word, Forbidden.
        """
        require_open(caller, employee)
        if wanted.competency:
            wanted = replace(wanted, competency=self._known(wanted.competency, employee.framework_id))
        telling = wanted.competency or wanted.standing
        ids = self._events.ids_of(employee.employee_id)
        closed = self._views.closed(caller, ids) if telling else ()
        found = self._events.page(ids, wanted, limit, after, closed)
        return Page(tuple(self._views.of(caller, found.items)), found.next)

    def _known(self, word: str, framework_id: str) -> str:
        framework = self._configuration.framework(framework_id)
        name = framework.competency_named(word)
        if name is None:
            known = ", ".join(framework.by_competency)
            raise Rejected(f"competency: {word[:60]!r} is none of {known}", field="competency")
        return name
