"""Does what follows a publication: the audit record, the published fact, the recalculation.

It is noted in the framework's pointer until it is done: the next administrator's act, or the next look of the sweep,
finishes what a crash left.
"""

from __future__ import annotations

from shared.frameworks.messages import FrameworkPublished, PublishedCompetency
from shared.frameworks.records import FollowUp, FrameworkRecords, FrameworkVersion
from shared.kernel.access import Caller
from shared.kernel.errors import Retryable
from shared.kernel.ids import digest
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ports.messages import Bus, Message
from shared.ratings.usecases.recalculate import Recalculate

TOPIC = "framework-published"


class FollowPublication:
    """Lets publications have their consequences."""

    def __init__(self, records: FrameworkRecords, bus: Bus, recalculate: Recalculate, audit: Audit) -> None:
        self._records = records
        self._bus = bus
        self._recalculate = recalculate
        self._audit = audit

    def finish(self, framework_id: str | None = None) -> int:
        """Does what follows each publication that has not had it yet, of one framework or of all; how many there were.

        Harmless twice: the facts are the same, and the recalculation has the publication's name.
        """
        count = 0
        for owing in self._records.unfinished(framework_id):
            for key, follow_up in sorted((owing.unfinished or {}).items(), key=lambda item: item[1].version):
                self._follow(owing.framework_id, follow_up)
                self._records.finished(owing.framework_id, key)
                count += 1
        return count

    def _follow(self, framework_id: str, follow_up: FollowUp) -> None:
        published = self._records.version(framework_id, follow_up.version)
        if published is None:
            raise Retryable(f"version {follow_up.version} of {framework_id} cannot be read yet")
        caller = Caller(email=follow_up.by, role=follow_up.role)
        self._audit.record(caller, AuditAction.FRAMEWORK_PUBLISHED, subject=framework_id, detail=follow_up.change)
        self._bus.publish(TOPIC, [told_of_version(published)])
        if follow_up.recalculate:
            self._recalculate.start(
                started_by=follow_up.by,
                from_ledger=follow_up.from_ledger,
                run_id=f"publication-{digest(framework_id, str(follow_up.version))[:16]}",
            )


def told_of_version(published: FrameworkVersion) -> Message:
    """Returns the message about a version."""
    return Message(_fact(published).model_dump(mode="json"))


def _fact(published: FrameworkVersion) -> FrameworkPublished:
    framework = published.content()
    return FrameworkPublished(
        framework_id=published.framework_id,
        version=framework.version,
        published_at=published.published_at,
        competencies=[
            PublishedCompetency(
                competency=one.competency,
                name=one.name,
                category=one.category,
                core=one.core,
                has_rule=one.competency in framework.rules_of,
            )
            for one in framework.competencies
        ],
    )
