"""Publishes frameworks, in versions.

A change is published by writing the new version beside the old ones and flipping the framework's pointer, both in one
batch and only if nobody else published meanwhile; then everybody is recalculated.
"""

from __future__ import annotations

from collections.abc import Sequence

from shared.frameworks.domain.framework import Framework, framework_from_dict
from shared.frameworks.records import FollowUp, FrameworkInForce, FrameworkRecords, FrameworkVersion
from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.access import Caller
from shared.kernel.errors import Conflict, TooLarge
from shared.platform.records.kept_since import KeptSince
from shared.ports.ambient import Clock
from shared.ports.documents import AlreadyExists, DocumentTooLarge, PreconditionFailed
from shared.taxonomy.usecases.follow_publication import FollowPublication


class Publication:
    """Puts versions in force."""

    def __init__(
        self,
        records: FrameworkRecords,
        configuration: Configuration,
        following: FollowPublication,
        kept: KeptSince,
        clock: Clock,
    ) -> None:
        self._records = records
        self._configuration = configuration
        self._following = following
        self._kept = kept
        self._clock = clock

    def in_force(self, framework_id: str) -> Framework:
        """Returns the framework to make a change on, once what earlier publications owe is done. Raises NotFound."""
        self._following.finish(framework_id)
        return self._configuration.framework(framework_id, fresh=True)

    def publish(
        self, before: Framework | None, after: Framework, skills: Sequence[str], change: str, caller: Caller
    ) -> None:
        """Puts a version in force in place of the one before, or as the first. skills: ids of those that it changes

        Raises Conflict when somebody else was faster, TooLarge.
        """
        known = self._records.get(after.framework_id)
        if before is not None and (known is None or known.record.version != before.version):
            raise _changed_meanwhile(after)
        if before is None:
            self._kept.begin(self._clock.now())
        checked = framework_from_dict(after.to_dict())
        follow_up = FollowUp(
            version=after.version,
            by=caller.employee_id or caller.email,
            role=caller.role,
            change=change,
            recalculate=before is not None,
            from_ledger=before is not None and checked.longest_memory_days > before.longest_memory_days,
        )
        current = FrameworkInForce(
            framework_id=after.framework_id,
            version=after.version,
            framework=checked.to_dict(),
            unfinished={**((known and known.record.unfinished) or {}), f"v{after.version}": follow_up},
        )
        self._put_in_force(self._version(current, follow_up, skills), current, known.stamp if known else None)
        self._configuration.forget()
        self._following.finish(after.framework_id)

    def _version(self, current: FrameworkInForce, follow_up: FollowUp, skills: Sequence[str]) -> FrameworkVersion:
        return FrameworkVersion(
            framework_id=current.framework_id,
            version=current.version,
            published_at=self._clock.now(),
            published_by=follow_up.by,
            change=follow_up.change,
            skills_changed=tuple(skills),
            framework=current.framework,
        )

    def _put_in_force(self, version: FrameworkVersion, current: FrameworkInForce, over: str | None) -> None:
        try:
            self._records.publish(version, current, over=over)
        except (AlreadyExists, PreconditionFailed):
            raise _changed_meanwhile(current) from None
        except DocumentTooLarge:
            raise TooLarge("a framework may have about one million bytes as JSON", field="body") from None


def require_version(framework: Framework, if_version: int | None) -> None:
    """Raises Conflict unless a change was made on the version in force."""
    if if_version is not None and if_version != framework.version:
        raise Conflict(
            f"if_version: the change was made on version {if_version}; in force is {framework.version}",
            field="if_version",
        )


def _changed_meanwhile(framework: Framework | FrameworkInForce) -> Conflict:
    return Conflict(f"{framework.framework_id} was changed meanwhile; look at it again", field="if_version")
