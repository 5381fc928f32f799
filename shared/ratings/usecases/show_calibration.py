"""Shows the parameters behind intervals and probabilities: what was learnt, from how much, and since when."""

from __future__ import annotations

from collections.abc import Mapping

from shared.frameworks.domain.parameters import Lean, Noise, Parameters
from shared.frameworks.records import FrameworkRecords, ParametersVersion, SettingsRecords
from shared.kernel.access import Caller, require
from shared.kernel.errors import NotFound
from shared.ratings.contract import (
    CalibrationAnswer,
    CompetencyCalibration,
    NoiseView,
    ParametersVersionView,
    ScorerCalibration,
)

MOST_VERSIONS = 30
"""Former versions that are listed, a month of nights."""


class ShowCalibration:
    """Shows administrators what the nightly calibration has learnt."""

    def __init__(self, settings: SettingsRecords, frameworks: FrameworkRecords) -> None:
        self._settings = settings
        self._frameworks = frameworks

    def show(self, caller: Caller, version: int | None = None) -> CalibrationAnswer:
        """Returns the parameters, and who published which version when. Raises Forbidden, NotFound.

        version: a former one; None: the one in force
        """
        require(caller, "operations.read")
        in_force = self._settings.parameters() or Parameters()
        parameters = in_force if version in (None, in_force.version) else self._former(version or 0)
        published = self._settings.parameters_version(parameters.version)
        return CalibrationAnswer(
            version=parameters.version,
            in_force=in_force.version,
            published_at=published.published_at if published else None,
            default=NoiseView(**_figures(parameters.default)),
            default_scorer_error=Lean().error,
            skills_correlation=parameters.factor.likeness,
            skills_correlation_error=parameters.factor.uncertainty,
            skills_correlation_people=parameters.factor.people,
            competencies=[
                _competency(competency, name, parameters, published)
                for competency, name in sorted(self._names().items(), key=lambda item: item[1])
            ],
            scorers=[
                _scorer(scorer, parameters, published)
                for scorer in sorted({*parameters.scorers, *(published.scorers if published else ())})
            ],
            versions=[_version(one) for one in self._settings.parameters_versions(MOST_VERSIONS)],
        )

    def _former(self, version: int) -> Parameters:
        """Returns the parameters of a version that was kept, or the shipped ones. Raises NotFound."""
        if version == Parameters().version:
            return Parameters()
        found = self._settings.parameters_version(version)
        if found is None:
            raise NotFound(f"there is no version {version} of the parameters", field="version")
        return found.parameters

    def _names(self) -> Mapping[str, str]:
        """Returns the names of all competencies that a framework in force has."""
        names: dict[str, str] = {}
        for framework in self._frameworks.all():
            for one in framework.content().competencies:
                names.setdefault(one.competency, one.name)
        return names


def _competency(
    competency: str, name: str, parameters: Parameters, published: ParametersVersion | None
) -> CompetencyCalibration:
    noise = parameters.noise_of(competency)
    known = competency in parameters.competencies
    return CompetencyCalibration(
        competency=competency,
        name=name,
        learnt=known and noise.observations > 0,
        observations=noise.observations,
        since_version=published.since.get(competency) if published and known else None,
        **_figures(noise),
    )


def _scorer(scorer: str, parameters: Parameters, published: ParametersVersion | None) -> ScorerCalibration:
    lean = parameters.scorers.get(scorer, Lean())
    return ScorerCalibration(
        scorer=scorer,
        learnt=lean.pairs > 0,
        bias=lean.bias,
        error=lean.error,
        pairs=lean.pairs,
        since_version=published.leaning_since.get(scorer) if published and lean.pairs else None,
    )


def _figures(noise: Noise) -> dict[str, float]:
    return {
        "sigma": noise.sigma,
        "rho": noise.likeness,
        "drift": noise.drift,
        "population_mean": noise.mean,
        "population_spread": noise.spread,
        "practice_sigma": noise.practice,
        "transfer": noise.transfer,
    }


def _version(one: ParametersVersion) -> ParametersVersionView:
    return ParametersVersionView(
        version=one.version,
        published_at=one.published_at,
        published_by=one.published_by,
        observations=sum(noise.observations for noise in one.parameters.competencies.values()),
        pairs=sum(lean.pairs for lean in one.parameters.scorers.values()),
        untrusted=len(one.parameters.untrusted),
    )
