"""Reads the configuration as it was in force."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from shared.frameworks.records import PARAMETERS, FrameworkInForce, FrameworkVersion
from shared.platform.records.rewound import Rewinder
from shared.ports.documents import Document, Query, Where


class RewoundFrameworks(Rewinder):
    """Reads frameworks in the version that was in force."""

    def _then(self, document: Document) -> Document | None:
        where = [Where("framework_id", "==", document.id), Where("published_at", "<=", self._at)]
        found = self._reader.query(Query("framework_versions", where, [("published_at", "desc")], 1))
        for one in map(FrameworkVersion.read, found):
            known = FrameworkInForce(framework_id=one.framework_id, version=one.version, framework=one.framework)
            return replace(document, data=known.stored())
        return None


class RewoundParameters(Rewinder):
    """Reads the parameters of the version that was in force; none while the shipped ones were."""

    def get(self, path: str) -> Document | None:
        """Returns the parameters that were in force."""
        if path != PARAMETERS:
            raise TypeError(f"{path} of an earlier moment cannot be read")
        where = [Where("published_at", "<=", self._at)]
        found = self._reader.query(Query("parameter_versions", where, [("published_at", "desc")], 1))
        for document in found:
            return replace(document, path=path, data=document.data["parameters"])
        return None


class RewoundSettings(Rewinder):
    """Reads how scores were reviewed, by the first change that came later."""

    def get(self, path: str) -> Document | None:
        """Returns the settings that were in force; None while the shipped ones were."""
        where = [Where("path", "==", path), Where("until", ">", self._at)]
        for change in self._reader.query(Query("former_settings", where, [("until", "asc")], 1)):
            former = change.data["settings"]
            return None if former is None else replace(change, path=path, data=former)
        return self._reader.get(path)


class RewoundCertificates(Rewinder):
    """Reads scorers' certificates of the last day by then."""

    def query(self, query: Query) -> list[Document]:
        """Returns the certificates that there were."""
        return list(self._days(self._reader.query(Query("certificates", fields=["scorer"]))))

    def _days(self, scorers: Iterable[Document]) -> Iterable[Document]:
        where = [Where("computed_at", "<=", self._at)]
        for scorer in scorers:
            days = Query(f"{scorer.path}/certificate_days", where, [("computed_at", "desc")], 1)
            yield from (replace(day, path=scorer.path) for day in self._reader.query(days))
