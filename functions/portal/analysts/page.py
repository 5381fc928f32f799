"""Scorers and how far people agree with them: figures only, never a call or a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from functions.portal.shell import figures, words
from functions.portal.shell.visit import Page, PageOrRedirect, Visit
from infra.wiring.environment import Environment
from infra.wiring.reviews import reviews
from infra.wiring.taxonomy import taxonomy
from shared.analysts.domain.agreement import FEWEST_PAIRS, LEAST_KAPPA, RETURN_KAPPA, TOLERANCE
from shared.ratings.contract import ScorerCertificate
from shared.reviews.contract import AgreementView, CertificateView, CompetencyCertificate, RecentScores

VERDICT = {
    "counts": "Certified: agrees with people who scored before seeing its scores",
    "stops_counting": "Stopped counting: agrees with people too little, so that its scores wait for a person",
    "recovering": f"Stopped before, and not shown yet to agree well ({RETURN_KAPPA:g}): its scores wait for a person",
    "too_few": "Not certified",
    "undecided": "Not certified: nearly all reviewed scores are in one level",
}

WAITING = frozenset({"stops_counting", "recovering"})
"""Verdicts with which a scorer's scores wait for a person."""


@dataclass(frozen=True)
class Analysts:
    """names: of competencies"""

    certificates: Sequence[CertificateView]
    names: Mapping[str, str]
    recent: Sequence[RecentScores] = ()


@dataclass(frozen=True)
class Row:
    """Shows how far people agree with a scorer in one competency. gone: scores of what the person did not observe"""

    name: str
    waiting: bool
    words: str
    kappa: str
    range: Mapping[str, str] | None
    between: str
    n: int
    within: str
    within_between: str | None
    bias: str | None
    sample: str
    stability: str
    gone: int
    not_blind: int


def sentence(figures_of: CompetencyCertificate | ScorerCertificate | None) -> str:
    """Returns a certificate for one competency in a sentence; None: there is none."""
    if figures_of is None:
        return "Not certified: no person has reviewed this scorer on this competency yet."
    if figures_of.n < FEWEST_PAIRS:
        return f"{VERDICT[figures_of.verdict]}; {too_few(figures_of.n)} blind reviews."
    agreed = (
        "agreement not defined"
        if figures_of.kappa is None
        else f"agreement {figures_of.kappa:.2f}{_between(figures_of.kappa_interval)}"
    )
    near = "" if figures_of.within is None else f", {words.percent(figures_of.within)} % within {TOLERANCE:g} points"
    verdict = VERDICT[figures_of.verdict]
    return f"{words.count(figures_of.n, 'score')} reviewed blind: {agreed}{near}. {verdict}."


def too_few(n: int) -> str:
    """Says that there are too few reviewed scores for any figure."""
    return f"too few: {n} of {FEWEST_PAIRS}"


def conclusion(recent: Sequence[RecentScores]) -> str | None:
    """Returns in one line how far the analyst that scores now is relied on; None before it has scored."""
    if not recent or not recent[0].scores:
        return None
    now = recent[0]
    name, skills = words.analyst(now.scorer), words.count(now.competencies, "skill")
    counting = words.percent(1 - now.waiting / now.scores)
    if now.waiting == now.scores:
        verdict = f"Not yet: every score of {name} waits for a person"
    elif now.certified == now.competencies:
        verdict = f"Yes: {name} agrees with people on {skills}, and {counting} % of its scores count without a person"
    else:
        verdict = (
            f"Partly: {counting} % of the scores of {name} count without a person; "
            f"it is certified for {now.certified or 'none'} of {skills}"
        )
    return f"{verdict} (its newest {words.count(now.calls, 'conversation')})."


def list_analysts(on: Environment, visit: Visit) -> PageOrRedirect:
    found = reviews(on).certificates.all(visit.caller)
    names = taxonomy(on).skills.competency_names(visit.caller)
    return present(Analysts(found.certificates, names, found.recent))


def present(view: Analysts) -> Page:
    variables = {
        "scorers": [
            {
                "scorer": one.scorer,
                "computed_at": one.computed_at,
                "tuned_on": len(one.tuned_on),
                "rows": [_row(figures_of, view.names) for figures_of in one.competencies],
                "stopped": sum(figures_of.verdict in WAITING for figures_of in one.competencies),
            }
            for one in view.certificates
        ],
        "conclusion": conclusion(view.recent),
        "line": f"{LEAST_KAPPA:g}",
        "line_at": _at(LEAST_KAPPA),
        "tolerance": f"{TOLERANCE:g}",
        "fewest": FEWEST_PAIRS,
    }
    return Page("analysts/analysts.html", variables, "analysts")


def _row(of: CompetencyCertificate, names: Mapping[str, str]) -> Row:
    sample = next((part for part in of.by_reason if part.reason == "sample"), None)
    interval: Sequence[float] | None = of.kappa_interval
    enough = of.n >= FEWEST_PAIRS
    stability = of.stability
    return Row(
        name=names.get(of.competency, words.plain(of.competency)),
        waiting=of.verdict in WAITING,
        words=VERDICT[of.verdict],
        kappa=too_few(of.n) if not enough else "—" if of.kappa is None else f"{of.kappa:.2f}",
        range=None
        if of.kappa is None or interval is None
        else {"value": _at(of.kappa), "low": _at(interval[0]), "high": _at(interval[1])},
        between=_between(interval).strip(" ()"),
        n=of.n,
        within="—" if of.within is None or not enough else f"{words.percent(of.within)} %",
        within_between=None
        if of.within_interval is None
        else f"{words.percent(of.within_interval[0])}–{words.percent(of.within_interval[1])} %",
        bias=None if of.bias is None or not enough else words.signed(of.bias),
        sample="none yet" if sample is None else _part(sample),
        stability="not analysed twice yet"
        if not stability.n
        else f"{stability.mean_difference:.1f} points apart on {words.count(stability.n, 'score')}",
        gone=of.dropped + of.rejected,
        not_blind=of.not_blind,
    )


def _part(part: AgreementView) -> str:
    if part.n < FEWEST_PAIRS:
        return too_few(part.n)
    kappa = "not defined" if part.kappa is None else f"{part.kappa:.2f}"
    return f"{kappa}{_between(part.kappa_interval)}, n {part.n}"


def _between(interval: Sequence[float] | None) -> str:
    return "" if interval is None else f" ({interval[0]:.2f} to {interval[1]:.2f})"


def _at(kappa: float) -> str:
    """Returns a kappa's place on an axis from 0 to 1; below 0 stands at its left end."""
    return figures.at(100 * kappa)
