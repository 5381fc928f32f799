"""Keeps what leaders are told of the pipeline, as it was counted last.

pipeline_totals/<digest>   of everybody's open deals, or of those in one senior manager's organisation
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from shared.enablement.domain.pipeline import Group
from shared.kernel.ids import digest
from shared.kernel.records import Record
from shared.ports.documents import Delete, Documents, Put, Query, Write

_COLLECTION = "pipeline_totals"
IN_ONE_COMMIT = 200


class PipelineTotals(Record, frozen=True, kw_only=True):
    """Holds what was counted. leader_id: whose organisation; None: everybody

    listed: of everybody, ids of deals in the order in which they are shown; of an organisation none
    """

    leader_id: str | None
    counted_at: datetime
    people: int
    groups: tuple[Group, ...]
    listed: tuple[str, ...] = ()


class PipelineRecords:
    """Reads and writes totals."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def of(self, leader_id: str | None) -> PipelineTotals | None:
        """Returns what was counted of somebody's organisation, or of everybody; None before it was."""
        found = self._documents.get(_path(leader_id))
        if found is None:
            return None
        totals = PipelineTotals.read(found)
        return totals if totals.leader_id == leader_id else None

    def replace(self, counted: Collection[PipelineTotals]) -> None:
        """Writes what was counted now; what is of before goes: of who leads nobody any more, or has another id."""
        writes: list[Write] = [Put(_path(one.leader_id), one.stored()) for one in counted]
        kept = {one.path for one in writes}
        every = self._documents.query(Query(_COLLECTION, fields=["counted_at"]))
        writes += [Delete(one.path) for one in every if one.path not in kept]
        for start in range(0, len(writes), IN_ONE_COMMIT):
            self._documents.commit(writes[start : start + IN_ONE_COMMIT])


def _path(leader_id: str | None) -> str:
    return f"{_COLLECTION}/{digest('pipeline', leader_id or '')}"
