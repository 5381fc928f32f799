"""Tells where the organisation worked, by the first change that came later."""

from __future__ import annotations

from dataclasses import replace

from shared.platform.records.rewound import Rewinder
from shared.ports.documents import Document, Query, Where


class RewoundPlaces(Rewinder):
    """Answers who works in a place, of published ratings, and nothing else."""

    def query(self, query: Query) -> list[Document]:
        """Returns somebody who worked in a place, with that place alone; nobody where nobody did."""
        (asked,) = query.where
        if (asked.field, asked.operator) != ("works_in", "array_contains"):
            raise TypeError("ratings of an earlier moment cannot be found otherwise than by place")
        where = [Where("place", "==", asked.value), Where("at", ">", self._at)]
        for change in self._reader.query(Query("place_changes", where, [("at", "asc")], 1)):
            return [] if change.data["begun"] else [replace(change, data={"works_in": [asked.value]})]
        return [replace(one, data={"works_in": [asked.value]}) for one in self._reader.query(query)]
