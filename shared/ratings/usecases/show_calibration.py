"""Shows the parameters behind intervals and probabilities: what was learnt, from how much, and since when."""

from __future__ import annotations

from collections.abc import Mapping

from shared.frameworks.domain.parameters import Lean, Noise, Parameters
from shared.frameworks.records import FrameworkRecords, ParametersVersion, SettingsRecords
from shared.kernel.access import Caller, require
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

    def show(self, caller: Caller) -> CalibrationAnswer:
        """Returns the parameters in force, and who published which version when. Raises Forbidden."""
        require(caller, "operations.read")
        parameters = self._settings.parameters() or Parameters()
        published = self._settings.parameters_version(parameters.version)
        return CalibrationAnswer(
            version=parameters.version,
            published_at=published.published_at if published else None,
            default=NoiseView(**_figures(parameters.default)),
            default_scorer_error=Lean().error,
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
