"""Builds the use cases of the platform: audit, quarantine, notices, page views, sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment, Wiring, wired
from infra.wiring.ports.bus import bus
from infra.wiring.ports.documents import documents
from infra.wiring.ports.files import files
from infra.wiring.ports.tasks import tasks

if TYPE_CHECKING:
    from shared.platform.usecases.answer_once import AnswerOnce
    from shared.platform.usecases.audit import Audit
    from shared.platform.usecases.notices import Notifications
    from shared.platform.usecases.page_views import PageViews
    from shared.platform.usecases.quarantine import Quarantine
    from shared.platform.usecases.search_audit import SearchAudit
    from shared.platform.usecases.sessions import Sessions


class PlatformUseCases(Wiring):
    """Makes each use case of platform when it is first asked for."""

    @wired
    def audit(self) -> Audit:
        from shared.platform.usecases.audit import Audit

        return Audit(documents(self._on), bus(self._on), self._on.clock, self._on.ids)

    @wired
    def search_audit(self) -> SearchAudit:
        from shared.people.records import EmployeeRecords
        from shared.platform.records.audit import AuditRecords
        from shared.platform.usecases.search_audit import SearchAudit

        live = documents(self._on)
        return SearchAudit(AuditRecords(live), EmployeeRecords(live).present_id)

    @wired
    def quarantine(self) -> Quarantine:
        from shared.platform.usecases.quarantine import Quarantine

        return Quarantine(documents(self._on), files(self._on), self._on.clock)

    @wired
    def notifications(self) -> Notifications:
        from shared.platform.usecases.notices import Notifications

        return Notifications(documents(self._on), tasks(self._on), self._on.clock)

    @wired
    def page_views(self) -> PageViews:
        from shared.platform.usecases.page_views import PageViews

        return PageViews(bus(self._on), self._on.clock, self._on.ids, self._on.log)

    @wired
    def answer_once(self) -> AnswerOnce:
        from shared.platform.records.kept_answers import KeptAnswers
        from shared.platform.usecases.answer_once import AnswerOnce

        return AnswerOnce(KeptAnswers(documents(self._on)), self._on.clock)

    @wired
    def sessions(self) -> Sessions:
        from shared.platform.records.sessions import SessionRecords
        from shared.platform.usecases.sessions import Sessions

        return Sessions(SessionRecords(documents(self._on)), self._on.clock, self._on.ids)


def platform(on: Environment) -> PlatformUseCases:
    """Returns the use cases of platform on an environment."""
    return on.once(PlatformUseCases)
