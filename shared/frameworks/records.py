"""Keeps what is configured: frameworks with their versions, rating parameters, review settings, certificates.

frameworks/<id>                              the version in force, and what follows its publication
framework_versions/<id>@<version>            every version
parameters/current, settings/reviews         what is in force; nothing while the shipped defaults are
former_settings/<digest>                     what was in force before a change, and until when
parameter_versions/<version>                 every version of the parameters but the shipped one, 1
certificates/<id>                            how far a scorer agrees with people, per competency
certificates/<id>/certificate_days/<day>     the same as it was that day
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

import msgspec

from shared.frameworks.domain.framework import Framework, framework_from_dict
from shared.frameworks.domain.parameters import Noise, Parameters, Verdict
from shared.frameworks.domain.published_parameters import since
from shared.frameworks.domain.review_settings import ReviewSettings
from shared.kernel.access import Role
from shared.kernel.field_values import FieldValue
from shared.kernel.ids import digest
from shared.kernel.records import Record, Versioned, converted
from shared.ports.documents import (
    DELETE_FIELD,
    Create,
    Documents,
    Merge,
    Put,
    Query,
    Reader,
    Transaction,
    Where,
)

PARAMETERS = "parameters/current"
REVIEW_SETTINGS = "settings/reviews"
MOST_VERSIONS = 200
"""Of a framework's versions the newest that are looked through."""

Interval = tuple[float, float]


class FollowUp(Record, frozen=True, kw_only=True):
    """Notes a publication's debts: the audit record, the fact, the recalculation. from_ledger: as the latter does it"""

    version: int
    by: str
    role: Role | None
    change: str
    recalculate: bool
    from_ledger: bool


class FrameworkInForce(Record, frozen=True, kw_only=True):
    """A framework as it is in force. framework: in the shape of its file; unfinished: as Unfinished reads it"""

    framework_id: str
    version: int
    framework: dict[str, Any]
    unfinished: dict[str, Any] | None = msgspec.field(default_factory=dict)

    def content(self) -> Framework:
        """Returns the framework itself."""
        return framework_from_dict(self.framework)


class FrameworkVersion(Record, frozen=True, kw_only=True):
    """One published version. skills_changed: skill ids, "*" for all"""

    framework_id: str
    version: int
    published_at: datetime
    published_by: str
    change: str
    skills_changed: tuple[str, ...]
    framework: dict[str, Any]

    def content(self) -> Framework:
        """Returns the framework itself."""
        return framework_from_dict(self.framework)


class Unfinished(Record, frozen=True, kw_only=True):
    """Notes what publications of one framework still owe."""

    framework_id: str
    unfinished: dict[str, FollowUp] | None = msgspec.field(default_factory=dict)


class FrameworkRecords:
    """Reads and writes frameworks."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def get(self, framework_id: str) -> Versioned[FrameworkInForce] | None:
        """Returns a framework as it is in force; None for an unknown one."""
        found = self._documents.get(f"frameworks/{framework_id}")
        return None if found is None else Versioned(FrameworkInForce.read(found), found.version)

    def all(self) -> list[FrameworkInForce]:
        """Returns the frameworks in force, by id."""
        found = self._documents.query(Query("frameworks", order_by=[("framework_id", "asc")]))
        return list(FrameworkInForce.readable(found))

    def version(self, framework_id: str, version: int) -> FrameworkVersion | None:
        """Returns one published version; None for an unknown one."""
        found = self._documents.get(_version_path(framework_id, version))
        return None if found is None else FrameworkVersion.read(found)

    def versions(self, framework_id: str) -> list[FrameworkVersion]:
        """Returns a framework's newest versions, the newest first."""
        found = self._documents.query(
            Query(
                "framework_versions",
                where=[Where("framework_id", "==", framework_id)],
                order_by=[("version", "desc")],
                limit=MOST_VERSIONS,
            )
        )
        return list(FrameworkVersion.readable(found))

    def publish(self, version: FrameworkVersion, current: FrameworkInForce, *, over: str | None) -> None:
        """Writes a version and puts it in force, both or neither. over: the stamp of what it replaces; None for the
        first. Raises AlreadyExists, PreconditionFailed (another was faster), DocumentTooLarge."""
        path = f"frameworks/{current.framework_id}"
        flip = Create(path, current.stored()) if over is None else Put(path, current.stored(), if_version=over)
        written = Put(_version_path(version.framework_id, version.version), version.stored())
        self._documents.commit([written, flip])

    def unfinished(self, framework_id: str | None) -> list[Unfinished]:
        """Returns what publications still owe, of one framework or of all."""
        if framework_id is None:
            fields = ["framework_id", "unfinished"]
            return list(Unfinished.readable(self._documents.query(Query("frameworks", fields=fields))))
        one = self._documents.get(f"frameworks/{framework_id}")
        return [Unfinished.read(one)] if one else []

    def finished(self, framework_id: str, key: str) -> None:
        """Notes that a publication owes nothing any more."""
        self._documents.commit([Merge(f"frameworks/{framework_id}", {"unfinished": {key: DELETE_FIELD}})])


def _version_path(framework_id: str, version: int) -> str:
    return f"framework_versions/{framework_id}@{version}"


@dataclass(frozen=True, slots=True)
class Publication:
    """Says who publishes parameters, and when. scorers: whose conversations were seen; None: the same as before"""

    by: str
    at: datetime
    scorers: tuple[str, ...] | None = None


class ParametersVersion(Record, frozen=True, kw_only=True):
    """Keeps one published version of the parameters.

    since, leaning_since: by competency, and by scorer, the version that first had its present numbers
    trusted_since:        the version that last changed which scorers are untrusted
    scorers:              of the conversations that the last calibration saw
    """

    version: int
    published_at: datetime
    published_by: str
    since: dict[str, int]
    leaning_since: dict[str, int]
    trusted_since: int
    scorers: tuple[str, ...]
    parameters: Parameters


class SettingsRecords:
    """Reads and writes the parameters of ratings and the settings of reviews."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def parameters(self, reader: Reader | None = None) -> Parameters | None:
        """Returns the parameters that were published last; None for the shipped ones."""
        found = (reader or self._documents).get(PARAMETERS)
        return None if found is None else converted(found.data, Parameters)

    def parameters_version(self, version: int, reader: Reader | None = None) -> ParametersVersion | None:
        """Returns one version of the parameters; None for the shipped one, and where versions were not kept yet."""
        found = (reader or self._documents).get(f"parameter_versions/{version}")
        return None if found is None else ParametersVersion.read(found)

    def parameters_versions(self, most: int) -> list[ParametersVersion]:
        """Returns the newest versions of the parameters, the newest first."""
        found = self._documents.query(Query("parameter_versions", order_by=[("version", "desc")], limit=most))
        return list(ParametersVersion.readable(found))

    def publish_parameters(
        self, transaction: Transaction, parameters: Parameters, publication: Publication
    ) -> ParametersVersion:
        """Writes other parameters as the next version after the present one, and puts them in force."""
        before = self.parameters(transaction) or Parameters()
        known = self.parameters_version(before.version, transaction)
        version = before.version + 1
        after = replace(parameters, version=version)
        trusted_since = known.trusted_since if known else before.version
        written = ParametersVersion(
            version=version,
            published_at=publication.at,
            published_by=publication.by,
            since=since(after.competencies, before.competencies, known.since if known else {}, version),
            leaning_since=since(after.scorers, before.scorers, known.leaning_since if known else {}, version),
            trusted_since=version if set(after.untrusted) != set(before.untrusted) else trusted_since,
            scorers=(known.scorers if known else ()) if publication.scorers is None else publication.scorers,
            parameters=after,
        )
        stored = written.stored()
        # The shipped defaults stay the program's: its next release may know better.
        shipped = {"default"} if after.default == Noise() else set()
        in_force = {name: value for name, value in msgspec.to_builtins(after).items() if name not in shipped}
        transaction.write(Put(PARAMETERS, in_force))
        transaction.write(Put(f"parameter_versions/{version}", stored))
        return written

    def reviews(self, reader: Reader | None = None) -> ReviewSettings | None:
        """Returns the settings that were given last; None for the shipped ones."""
        found = (reader or self._documents).get(REVIEW_SETTINGS)
        return None if found is None else ReviewSettings(**found.data)

    def set_reviews(self, transaction: Transaction, settings: ReviewSettings, now: datetime) -> None:
        """Writes how scores are reviewed, and keeps how they were until now."""
        known = self.reviews(transaction)
        settings_then = None if known is None else asdict(known)
        former: dict[str, FieldValue] = {"path": REVIEW_SETTINGS, "until": now, "settings": settings_then}
        transaction.write(Put(f"former_settings/{digest(REVIEW_SETTINGS, now.isoformat())}", former))
        transaction.write(Put(REVIEW_SETTINGS, asdict(settings)))


class AgreementFigures(Record, frozen=True, kw_only=True):
    """A scorer's scores beside people's, as `shared.analysts.domain.agreement` has them, rounded."""

    n: int
    kappa: float | None
    kappa_interval: Interval | None
    within: float | None
    within_interval: Interval | None
    bias: float | None
    mean_difference: float | None


class FiguresByReason(AgreementFigures, frozen=True, kw_only=True):
    """The same of the scores that people looked at for one reason."""

    reason: str


class StabilityFigures(Record, frozen=True, kw_only=True):
    """A scorer beside itself, on calls that it analysed twice."""

    n: int
    mean_difference: float | None
    within: float | None
    within_interval: Interval | None


class CompetencyFigures(AgreementFigures, frozen=True, kw_only=True):
    """Keeps what is known about a scorer in one competency. fingerprint: of the evidence behind the figures

    not_blind: reviewed scores that are none of the evidence; None: the figures are from when all of them were
    """

    by_reason: tuple[FiguresByReason, ...]
    stability: StabilityFigures
    dropped: int
    rejected: int
    fingerprint: str
    verdict: Verdict
    not_blind: int | None = None

    @property
    def certified(self) -> bool:
        """Tells whether people's reviews certify the scorer in the competency."""
        return self.verdict == "counts"

    @property
    def of_blind_reviews(self) -> CompetencyFigures:
        """Returns the figures that certify: none, where they are from when every review was taken for evidence."""
        if self.not_blind is not None:
            return self
        return self.changed(
            n=0,
            kappa=None,
            kappa_interval=None,
            within=None,
            within_interval=None,
            bias=None,
            mean_difference=None,
            by_reason=(),
            dropped=0,
            rejected=0,
            not_blind=self.n + self.dropped + self.rejected,
            verdict="recovering" if self.verdict in ("stops_counting", "recovering") else "too_few",
        )


class ScorerFigures(Record, frozen=True, kw_only=True):
    """A scorer's certificate. numbers: those under which it has analysed (see `analysis_version`)"""

    scorer: str
    numbers: tuple[int, ...]
    computed_at: datetime
    competencies: dict[str, CompetencyFigures]

    @property
    def of_blind_reviews(self) -> ScorerFigures:
        """Returns the certificate without what no blind review says."""
        return self.changed(competencies={name: one.of_blind_reviews for name, one in self.competencies.items()})

    @property
    def certified(self) -> frozenset[str]:
        """Returns the competencies that people's reviews certify the scorer for."""
        return frozenset(name for name, one in self.competencies.items() if one.certified)

    @property
    def certificate_id(self) -> str:
        """Returns the id of a scorer's certificate."""
        return certificate_id_of(self.scorer)


class CertificateRecords:
    """Reads and writes certificates and how they developed."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def get(self, scorer: str) -> ScorerFigures | None:
        """Returns a scorer's certificate; None while it has none."""
        found = self._documents.get(f"certificates/{certificate_id_of(scorer)}")
        return None if found is None else ScorerFigures.read(found).of_blind_reviews

    def all(self) -> list[ScorerFigures]:
        """Returns every scorer's certificate, by id."""
        found = ScorerFigures.readable(self._documents.query(Query("certificates")))
        return [one.of_blind_reviews for one in found]

    def history(self, certificate_id: str, days: int) -> list[ScorerFigures]:
        """Returns a certificate as it was on the last days, the newest first."""
        collection = f"certificates/{certificate_id}/certificate_days"
        found = self._documents.query(Query(collection, order_by=[("day", "desc")], limit=days))
        return [one.of_blind_reviews for one in ScorerFigures.readable(found)]

    def put(self, figures: ScorerFigures) -> None:
        """Writes a certificate, and what it is today."""
        path, day = f"certificates/{figures.certificate_id}", f"{figures.computed_at:%Y-%m-%d}"
        stored = figures.stored()
        self._documents.commit([Put(path, stored), Put(f"{path}/certificate_days/{day}", {**stored, "day": day})])


def certificate_id_of(scorer: str) -> str:
    """Returns the id of a scorer's certificate."""
    return digest("scorer", scorer)
