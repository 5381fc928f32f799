"""What the analysis of a call costs by three routes, from the tokens that a service counts over the labelled calls.

    naive          every call pays for the instructions and the rubric
    cached         they are kept for five minutes, one call after the other
    cached batch   a message batch, kept for an hour; several requests run at once and do not see each other's writes

Everything goes the way of the product: prompts, the adapter with its SDK, the protocol. The service is our own and
estimates four characters a token; nobody thinks there, so that a model's thinking comes on top (it costs as output).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import yaml

from infra.demonstration.analyst_answerers import LabelledAnswerer
from infra.demonstration.corpus_files import calls
from infra.demonstration.corpus_staging import Employee, StagedCall, digits
from infra.demonstration.messages_interface import DEMONSTRATION_MODEL, KEY, MessagesInterface
from infra.demonstration.messages_server import MessagesServer
from infra.vendors.claude import ClaudeLanguageModel
from shared.analysts.claude.request import prompts
from shared.analysts.claude.view import AnalystSettings
from shared.analysts.ports.language_model import LanguageModel, Prompt
from shared.conversations.domain.cost import PRICES, Usage, total_cost
from shared.frameworks.domain.framework import Framework, framework_from_dict
from tests.proofs.measuring import NOW

FRAMEWORK = Path(__file__).parents[2] / "infra" / "frameworks" / "sales_engineering.yaml"
ROUTES = ("naive", "cached", "cached batch")
CAST = {
    "seller": Employee("Robin Vale", "robin@ours.example", "1001"),
    "colleague": Employee("Kim Otto", "kim@ours.example", "1002"),
}


@dataclass(frozen=True, slots=True)
class Route:
    """What a route's requests cost in tokens, one Usage per request."""

    name: str
    usages: tuple[Usage, ...]

    def per_call(self, model: str, calls: int) -> Decimal:
        """US dollars per analysed speaker of a call."""
        total = total_cost(self.usages, model)
        if total is None:
            raise ValueError(f"no price is known for {model}")
        return total / calls


@dataclass(frozen=True, slots=True)
class Result:
    """analyses: how many speakers of how many calls. minutes: of recording, over all calls."""

    routes: tuple[Route, ...]
    analyses: int
    calls: int
    minutes: int


def measure(framework: Framework, *, most: int | None = None, at_once: int = 8) -> Result:
    """Asks about every employee of the first `most` labelled calls (None: all) by each route."""
    staged = [StagedCall(script, digits(19, script.slug), NOW, CAST) for script in calls()[:most]]
    settings = AnalystSettings(model=DEMONSTRATION_MODEL)
    asked: list[Prompt] = []
    analyses = 0
    for one in staged:
        for part in one.script.parts:
            if part.employee is not None and one.speaks(part.key):
                analyses += 1
                asked += prompts(one.conversation, one.speaker_id(part.key), framework, {}, settings)
    routes = []
    for name in ROUTES:
        interface = MessagesInterface(LabelledAnswerer(), at_once=at_once)
        with MessagesServer(interface) as url:
            usages = _usages(name, ClaudeLanguageModel(KEY, base_url=url), asked)
        if len(usages) != len(asked):
            raise RuntimeError(f"{len(usages)} answers to {len(asked)} requests by the route {name}")
        routes.append(Route(name, usages))
    minutes = sum(one.duration_seconds for one in staged) // 60
    return Result(tuple(routes), analyses, len(staged), minutes)


def _usages(route: str, model: LanguageModel, asked: Sequence[Prompt]) -> tuple[Usage, ...]:
    if route == "cached batch":
        batch = model.submit([(f"request-{number}", prompt) for number, prompt in enumerate(asked)])
        if not model.state(batch).ended:
            raise RuntimeError("the service ends a batch at the first poll")
        return tuple(one.completion.usage for one in model.results(batch) if one.completion is not None)
    if route == "naive":
        asked = [replace(one, system=tuple((text, False) for text, _ in one.system)) for one in asked]
    return tuple(model.complete(prompt).usage for prompt in asked)


def report(result: Result, model: str) -> str:
    """A table in Markdown."""
    first = result.routes[0].per_call(model, result.analyses)
    lines = [
        f"{result.analyses} speakers in {result.calls} calls, {result.minutes} minutes of recording; prices of {model} "
        f"as of {PRICES.as_of}",
        "",
        "| route | input | cache written | cache read | output | $ per speaker and call | of naive |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for route in result.routes:
        total = Usage()
        for usage in route.usages:
            total = total.plus(usage)
        dollars = route.per_call(model, result.analyses)
        each = [
            round(tokens / result.analyses)
            for tokens in (total.input_tokens, total.cache_write_tokens, total.cache_read_tokens, total.output_tokens)
        ]
        cells = " | ".join(f"{tokens:,}" for tokens in each)
        lines.append(f"| {route.name} | {cells} | {dollars:.4f} | {100 * dollars / first:.0f} % |")
    return "\n".join(lines)


def sales_engineering() -> Framework:
    """The framework that ships."""
    return framework_from_dict(yaml.safe_load(FRAMEWORK.read_text("utf-8")))


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="scripts/prove cost_per_call", description=__doc__)
    parser.add_argument("--model", default=AnalystSettings().model, choices=sorted(PRICES.models))
    parser.add_argument("--at-once", type=int, default=8, help="requests of a batch that run at the same time")
    chosen = parser.parse_args(arguments)
    print(report(measure(sales_engineering(), at_once=chosen.at_once), chosen.model))


if __name__ == "__main__":
    main(sys.argv[1:])
