"""Draws the README's map of functions from `infra/declarations/pipeline.yaml`, so that the picture cannot drift."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from infra.declarations.pipeline import FunctionSpec, Pipeline, load_pipeline
from scripts.commands.generated_text import refuse_arguments, written_between

README = Path(__file__).resolve().parents[2] / "README.md"
BEGIN = "<!-- map: ./scripts/generate_map writes what stands between these lines -->"
END = "<!-- end of map -->"


def drawing(pipeline: Pipeline) -> str:
    """Returns the map as Markdown: a drawing of who triggers whom, and a table of what each function is for."""
    lines = ["```mermaid", "flowchart LR"]
    lines += ["  callers([integrations and people]) ", "  clock([Cloud Scheduler])"]
    for name in pipeline.functions:
        lines.append(f"  {name}[{name}]")
    for name in pipeline.topics:
        lines.append(f"  {_id(name)}>{name}]")
    for name in pipeline.queues:
        lines.append(f"  {_id(name)}[/{name} queue/]")
    lines.append("  warehouse[(BigQuery)]")
    for function in pipeline.functions.values():
        lines += _edges(function)
    for topic in pipeline.warehouse_subscriptions.topics:
        lines.append(f"  {_id(topic)} --> warehouse")
    lines += ["```", "", "| function | triggered by | what it is for |", "|---|---|---|"]
    for function in pipeline.functions.values():
        name = f"[`{function.name}`](functions/{function.name}/main.py)"
        lines.append(f"| {name} | {_trigger(pipeline, function)} | {function.about} |")
    return "\n".join(lines)


def _edges(function: FunctionSpec) -> list[str]:
    lines = []
    if function.trigger == "http":
        lines.append(f"  callers --> {function.name}")
    elif function.trigger == "schedule":
        lines.append(f"  clock --> {function.name}")
    elif function.topic:
        lines.append(f"  {_id(function.topic)} --> {function.name}")
    elif function.queue:
        lines.append(f"  {_id(function.queue)} --> {function.name}")
    lines += [f"  {function.name} --> {_id(topic)}" for topic in function.publishes]
    lines += [f"  {function.name} --> {_id(queue)}" for queue in function.enqueues]
    lines += [f"  {function.name} --> {other}" for other in function.posts]
    if function.data.warehouse == "write":
        lines.append(f"  {function.name} --> warehouse")
    return lines


def _trigger(pipeline: Pipeline, function: FunctionSpec) -> str:
    if function.trigger == "http":
        return "HTTP"
    if function.trigger == "schedule":
        return ", ".join(f"`{schedule.cron}`" for schedule in pipeline.schedules_of(function.name))
    return f"topic `{function.topic}`" if function.topic else f"queue `{function.queue}`"


def _id(name: str) -> str:
    return name.replace("-", "_")


def written(readme: str, map_of_functions: str) -> str:
    """Returns the README with the map in its place. Raises ValueError when a mark is missing."""
    return written_between(readme, BEGIN, map_of_functions, END)


def main(arguments: Sequence[str]) -> int:
    refuse_arguments("generate_map", __doc__, arguments)
    README.write_text(written(README.read_text(encoding="utf-8"), drawing(load_pipeline())), encoding="utf-8")
    return 0
