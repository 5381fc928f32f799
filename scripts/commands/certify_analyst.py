"""Runs an analyst over a labelled set and prints its certificate: how far it agrees with the reader who labelled it.

What the analyst was tuned on (infra/frameworks/tuned_on.json) is printed apart; the verdict is drawn from the rest.

./scripts/certify-analyst --analyst lexical
./scripts/certify-analyst --analyst claude --runs 2 --limit 10
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import StatisticsError, correlation

import yaml

from infra.frameworks.shipped import framework_file
from infra.frameworks.tuned import tuned_on
from infra.vendors.claude import ClaudeLanguageModel
from scripts.commands.labelled_set import CALLS, LabelledSpeaker, labelled_set
from shared.analysts.claude.request import AnalystFailed, AnalystSettings, ask, prompts, read, scorer_of
from shared.analysts.domain.agreement import FEWEST_PAIRS, Certificate, Interval, Pair, certificate
from shared.analysts.lexical.analyst import SCORER, analyse, call_analysis
from shared.analysts.ports.language_model import Completes, Overloaded, PromptRefused
from shared.conversations.domain.call_analysis import CallAnalysis
from shared.conversations.domain.cost import Usage
from shared.frameworks.domain.framework import Framework, framework_from_dict
from shared.kernel.errors import Retryable
from shared.kernel.ids import DEFAULT_FRAMEWORK
from shared.kernel.json_values import JsonObject
from shared.kernel.rounding import percent

LABELLED = "labelled"
"""The reason of every pair here: all of a set was labelled, none of it chosen for doubt."""
ALL = "all together"
TRIES = 4
LONGEST_PAUSE_SECONDS = 60

Analyst = Callable[[LabelledSpeaker], tuple[CallAnalysis, Usage]]


class Unavailable(Exception):
    """The analyst is away, or turns us away: what has been analysed until then is told, and no more asked."""


@dataclass
class Found:
    """Holds what the runs gave. by_run: per run, (position in the set) → competency → score."""

    by_run: list[dict[int, dict[str, int]]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    stopped: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One competency of the report. missed: labelled and not observed; unlabelled: observed and without a label.

    correlation: Pearson's, None where one side never varies.
    """

    certificate: Certificate
    correlation: float | None
    missed: int
    unlabelled: int


@dataclass(frozen=True, slots=True)
class Judged:
    """The report, of what the analyst was tuned on and of the rest. tuned: the names; seen: how many speakers of it"""

    tuned: tuple[str, ...]
    seen: int
    on_tuned: list[Line]
    on_rest: list[Line]

    @classmethod
    def of(cls, scorer_id: str, speakers: Sequence[LabelledSpeaker], found: Found) -> Judged:
        """Returns it with the verdict of the rest."""
        tuned = {position for position, one in enumerate(speakers) if one.slug in tuned_on(scorer_id)}
        names = tuple(sorted({speakers[position].slug for position in tuned}))
        parts = (tuned, set(range(len(speakers))) - tuned)
        return cls(names, len(tuned), *(report(scorer_id, speakers, found, part) for part in parts))


def main(argv: Sequence[str]) -> int:
    """Returns 0: certified; 1: set, key or request is wrong; 2: the analyst is away, the report is incomplete."""
    arguments = _arguments(argv)
    try:
        speakers = labelled_set(arguments.set)[: arguments.limit]
        framework = framework_from_dict(yaml.safe_load(framework_file(DEFAULT_FRAMEWORK).read_text("utf-8")))
        scorer_id, analyst = _analyst(arguments, framework)
        found = run(analyst, speakers, runs=arguments.runs, at_once=arguments.at_once, say=_progress)
    except (OSError, ValueError, PromptRefused) as error:
        return _complain(str(error), 1)
    if not any(found.by_run):
        return _complain(found.stopped or "; ".join(found.failures) or "nothing was analysed", 2)
    judged = Judged.of(scorer_id, speakers, found)
    if arguments.json:
        print(json.dumps(_as_json(judged, found), indent=2, ensure_ascii=False))
    else:
        print("\n".join(table(scorer_id, speakers, judged, found)))
    if found.stopped:
        return _complain(f"stopped early, so the figures are incomplete: {found.stopped}", 2)
    return 0


def run(
    analyst: Analyst,
    speakers: Sequence[LabelledSpeaker],
    *,
    runs: int = 1,
    at_once: int = 1,
    say: Callable[[str], None] = lambda _: None,
) -> Found:
    """Analyses every speaker, `runs` times. Raises PromptRefused, as every further request would be, too."""
    found = Found()
    for number in range(1, runs + 1):
        scores: dict[int, dict[str, int]] = {}
        found.by_run.append(scores)
        with ThreadPoolExecutor(max_workers=at_once) as pool:
            waiting = [pool.submit(analyst, one) for one in speakers]
            for position, (one, answer) in enumerate(zip(speakers, waiting, strict=True)):
                head = f"run {number} of {runs}  {position + 1:>3} of {len(speakers)}  {one.slug} ({one.part})"
                try:
                    analysis, usage = answer.result()
                except AnalystFailed as error:
                    for spent in error.usages:
                        found.usage = found.usage.plus(spent)
                    found.failures.append(f"{one.slug} ({one.part}): {error.detail}")
                    say(f"{head}: {error.detail}")
                except Unavailable as error:
                    found.stopped = str(error)
                    pool.shutdown(wait=True, cancel_futures=True)
                    return found
                except BaseException:
                    pool.shutdown(wait=True, cancel_futures=True)
                    raise
                else:
                    found.usage = found.usage.plus(usage)
                    scores[position] = {score.competency: score.score for score in analysis.scores}
                    say(f"{head}: {len(analysis.scores)} scores")
    return found


def report(
    scorer_id: str, speakers: Sequence[LabelledSpeaker], found: Found, only: Collection[int] | None = None
) -> list[Line]:
    """Returns a line per labelled competency, in alphabetical order, and one for all together. only: these positions

    Agreement is taken from the first run, stability from every later one beside the first.
    """
    wanted = range(len(speakers)) if only is None else only
    first, *later = ({at: scores for at, scores in one.items() if at in wanted} for one in found.by_run)
    competencies = sorted({name for one in speakers for name in one.labels})

    def line(named: str, names: Sequence[str]) -> Line:
        pairs = [
            Pair(first[position][name], one.labels[name], LABELLED)
            for position, one in enumerate(speakers)
            for name in names
            if position in first and name in first[position] and name in one.labels
        ]
        reruns = [
            (first[position][name], again[position][name])
            for again in later
            for position in first.keys() & again.keys()
            for name in names
            if name in first[position] and name in again[position]
        ]
        analysed = [(one, first[position]) for position, one in enumerate(speakers) if position in first]
        return Line(
            certificate=certificate(scorer_id, named, pairs, reruns),
            correlation=_correlation(pairs),
            missed=sum(name in one.labels and name not in scores for one, scores in analysed for name in names),
            unlabelled=sum(name in scores and name not in one.labels for one, scores in analysed for name in names),
        )

    return [*(line(name, [name]) for name in competencies), line(ALL, competencies)]


def table(scorer_id: str, speakers: Sequence[LabelledSpeaker], judged: Judged, found: Found) -> list[str]:
    """Returns the report for a person."""
    rerun = len(found.by_run) > 1
    text = [
        f"{scorer_id}: {len(speakers)} labelled speakers, {len(found.by_run)} "
        f"{'runs' if rerun else 'run'}, {len(found.failures)} without an analysis",
        "",
        f"held out: {len(speakers) - judged.seen} speakers of conversations that it was not tuned on",
        *_aligned(_rows(judged.on_rest, rerun=rerun, verdict=True)),
        "",
    ]
    if judged.tuned:
        text += [
            f"tuned on: {judged.seen} speakers of {', '.join(judged.tuned)}",
            *_aligned(_rows(judged.on_tuned, rerun=rerun, verdict=False)),
            "",
        ]
    text += [
        "kappa: quadratic weights over the rubric's five levels; r: Pearson's correlation; bias: scorer minus reader",
        "in points, differs: the same without sign; missed: labelled, not observed. A verdict needs 30 held out.",
    ]
    text += [f"not analysed: {failure}" for failure in found.failures]
    if found.usage != Usage():
        used = found.usage
        text.append(
            f"tokens: {used.input_tokens:,} in, {used.cache_write_tokens:,} written to and "
            f"{used.cache_read_tokens:,} read from the cache, {used.output_tokens:,} out"
        )
    return text


def _rows(lines: Sequence[Line], *, rerun: bool, verdict: bool) -> list[list[str]]:
    head = ["competency", "n", "kappa", "95 %", "r", "within 10", "95 %", "bias", "differs", "missed", "unlabelled"]
    rows = [[*head, *(["again n", "differs", "within 10"] if rerun else []), "verdict" if verdict else ""]]
    for line in lines:
        one, again = line.certificate.overall, line.certificate.stability
        few, too_few = one.n < FEWEST_PAIRS, f"too few: {one.n} of {FEWEST_PAIRS}"
        rows.append(
            [
                line.certificate.competency,
                str(one.n),
                "–" if few else _number(one.kappa),
                too_few if few else _interval(one.kappa_interval),
                _number(line.correlation),
                _percent(one.within),
                "–" if few else _percents(one.within_interval),
                _number(one.bias, "+.1f"),
                _number(one.mean_difference, ".1f"),
                str(line.missed),
                str(line.unlabelled),
                *([str(again.n), _number(again.mean_difference, ".1f"), _percent(again.within)] if rerun else []),
                _verdict(line) if verdict else "",
            ]
        )
    return rows


def _verdict(line: Line) -> str:
    """Returns none for all together: competencies differ in what is easy to see."""
    return "–" if line.certificate.competency == ALL else line.certificate.overall.verdict.replace("_", " ")


def claude(model: Completes, framework: Framework, settings: AnalystSettings) -> Analyst:
    """Returns the analyst that asks the language model, and again after a pause where it is busy."""
    scorer = scorer_of(framework, settings)

    def analysed(one: LabelledSpeaker) -> tuple[CallAnalysis, Usage]:
        asked = prompts(one.conversation, one.speaker_id, framework, one.context, settings)
        for attempt in range(1, TRIES + 1):
            try:
                answered = ask(model, asked)
            except Overloaded as error:
                if attempt == TRIES:
                    raise Unavailable(f"{error.detail}, {TRIES} times") from None
                time.sleep(min(error.after_seconds, LONGEST_PAUSE_SECONDS))
            except Retryable as error:
                raise Unavailable(error.detail) from None
            else:
                analysis = read(one.conversation, one.speaker_id, answered.completions, framework, settings, scorer)
                return analysis, answered.usage
        raise AssertionError("unreachable")

    return analysed


def lexical(one: LabelledSpeaker) -> tuple[CallAnalysis, Usage]:
    """Asks the analyst that counts words."""
    return call_analysis(analyse(one.conversation, one.speaker_id)), Usage()


def _analyst(arguments: argparse.Namespace, framework: Framework) -> tuple[str, Analyst]:
    if arguments.analyst == "lexical":
        return SCORER.scorer_id, lexical
    key = os.environ.get("ANTHROPIC_API_KEY", "").strip()
    if not key:
        raise ValueError("ANTHROPIC_API_KEY is not set; the claude analyst needs it (--analyst lexical needs none)")
    settings = AnalystSettings(model=arguments.model) if arguments.model else AnalystSettings()
    base_url = arguments.base_url or os.environ.get("ANTHROPIC_BASE_URL") or None
    if base_url is not None and not base_url.startswith(("http://", "https://")):
        raise ValueError(f"{base_url!r} is no address of a service; it begins with https:// (or http://)")
    model = ClaudeLanguageModel(key, base_url=base_url)
    return scorer_of(framework, settings).scorer_id, claude(model, framework, settings)


def _as_json(judged: Judged, found: Found) -> JsonObject:
    told = {"runs": len(found.by_run), "stopped": found.stopped, "not_analysed": found.failures}
    return {
        **told,
        "usage": asdict(found.usage),
        **_part(judged.on_rest),
        "tuned_on": [*judged.tuned],
        "tuned": _part(judged.on_tuned),
    }


def _part(lines: Sequence[Line]) -> JsonObject:
    return {
        "competencies": [
            {
                "scorer": line.certificate.scorer_id,
                "competency": line.certificate.competency,
                **asdict(line.certificate.overall),
                "verdict": line.certificate.overall.verdict,
                "correlation": line.correlation,
                "missed": line.missed,
                "unlabelled": line.unlabelled,
                "stability": asdict(line.certificate.stability),
            }
            for line in lines
            if line.certificate.competency != ALL
        ],
        "all": {
            **asdict(lines[-1].certificate.overall),
            "correlation": lines[-1].correlation,
            "missed": lines[-1].missed,
        },
    }


def _correlation(pairs: Sequence[Pair]) -> float | None:
    try:
        return correlation([pair.scorer for pair in pairs], [pair.person for pair in pairs])
    except StatisticsError:
        return None


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    yield from ("  ".join(_placed(row, widths)).rstrip() for row in rows)


def _placed(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    last = len(row) - 1
    return [
        cell.ljust(width) if column in (0, last) else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]


def _number(value: float | None, form: str = ".2f") -> str:
    return "–" if value is None else format(value, form)


def _interval(value: Interval | None) -> str:
    return "–" if value is None else f"{value[0]:.2f} to {value[1]:.2f}"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{percent(value)} %"


def _percents(value: Interval | None) -> str:
    return "–" if value is None else f"{percent(value[0])} to {percent(value[1])} %"


def _progress(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def _complain(words: str, status: int) -> int:
    _progress(f"certify-analyst: {words}")
    return status


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text}: 1 or more is accepted")
    return value


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/certify-analyst",
        description="Compares an analyst with the labels of a set of conversations, per competency.",
        epilog="The claude analyst asks the language model, which costs money: try --limit first. It reads "
        "ANTHROPIC_API_KEY and, where another service answers, ANTHROPIC_BASE_URL.",
    )
    parser.add_argument("--analyst", choices=("lexical", "claude"), default="lexical", help="(default: %(default)s)")
    parser.add_argument("--set", type=Path, default=CALLS, metavar="DIR", help="the labelled set (default: our calls)")
    parser.add_argument("--runs", type=_positive, default=1, metavar="N", help="analyse everything N times: stability")
    parser.add_argument("--limit", type=_positive, metavar="N", help="the first N labelled speakers only")
    parser.add_argument("--at-once", type=_positive, default=None, metavar="N", help="analyses at a time (claude: 4)")
    parser.add_argument("--model", help="the language model (default: the analyst's own)")
    parser.add_argument("--base-url", metavar="URL", help="the language model's service, where it is another one")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    arguments = parser.parse_args(argv)
    if arguments.at_once is None:
        arguments.at_once = 4 if arguments.analyst == "claude" else 1
    return arguments
