"""Writes every integration's settings into `docs/integrations.md` from what is declared, so that both say the same."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from infra.declarations.declared import Declared, Setting
from infra.declarations.integration_settings import DECLARED
from scripts.commands.generated_text import refuse_arguments, written_between

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "integrations.md"
BEGIN = "<!-- settings: ./scripts/generate_integrations writes what stands between these lines -->"
END = "<!-- end of settings -->"


def settings() -> str:
    """Returns one section per integration, as Markdown."""
    return "\n\n".join(_section(declared) for declared in DECLARED)


def written(document: str, between: str) -> str:
    """Returns the document with the text between its marks replaced. Raises ValueError when a mark is missing."""
    return written_between(document, BEGIN, between, END)


def _section(declared: Declared) -> str:
    lines = [f"## {declared.name}", "", declared.about, ""]
    if declared.path:
        lines += [f"Address that the other side calls: `https://<api host>{declared.path}`", ""]
    lines += [f"{number}. {step}" for number, step in enumerate(declared.steps, 1)]
    if declared.scopes:
        lines += ["", "| scope | for |", "|---|---|"]
        lines += [f"| `{scope.name}` | {scope.about} |" for scope in declared.scopes]
    lines += ["", "| setting | what it means | where it is not set |", "|---|---|---|"]
    lines += [_row(setting) for setting in declared.settings]
    return "\n".join(lines)


def _row(setting: Setting) -> str:
    kind = " (secret)" if setting.secret else ""
    unset = f"`{setting.default}`" if setting.default else setting.without
    return f"| `{setting.name}`{kind} | {setting.about} | {unset} |"


def main(arguments: Sequence[str]) -> int:
    refuse_arguments("generate_integrations", __doc__, arguments)
    DOCUMENT.write_text(written(DOCUMENT.read_text("utf-8"), settings()), "utf-8")
    return 0
