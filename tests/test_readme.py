"""The README says what is there: its map is current, and what it points to exists."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from infra.declarations.pipeline import load_pipeline
from infra.demonstration.apprentice_feeding import people_csv
from infra.demonstration.organisation import Organisation
from scripts.commands.generate_map import README, drawing, written

ROOT = README.parent


def test_the_map_of_functions_is_current() -> None:
    readme = README.read_text(encoding="utf-8")
    assert readme == written(readme, drawing(load_pipeline())), "run ./scripts/generate_map"


def test_every_relative_link_and_command_of_the_documents_exists() -> None:
    missing = []
    for document in [
        README,
        ROOT / "CHANGELOG.md",
        ROOT / "CONTRIBUTING.md",
        *ROOT.glob("docs/**/*.md"),
        *ROOT.glob("examples/**/*.md"),
    ]:
        text = document.read_text(encoding="utf-8")
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", text):
            if not (document.parent / target).exists():
                missing.append(f"{document.name}: {target}")
        for command in re.findall(r"(?<![\w/])\./(scripts/[\w-]+)", text):
            if not (ROOT / command).exists():
                missing.append(f"{document.name}: ./{command}")
    assert not missing


def test_every_path_of_the_documents_exists() -> None:
    path = re.compile(r"(?<![\w/.<>])(?:functions|infra|scripts|shared|terraform|tests)/[\w./-]*\w")
    settings = r"\.tfvars$|\.terraform\.lock\.hcl$"
    made = {"recipes.md": r"headcount|count_people", "deploy.md": settings, "figures.md": settings}  # by their readers
    missing = [
        f"{document.name}: {found}"
        for document in [README, ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md")]
        for found in path.findall(document.read_text(encoding="utf-8"))
        if not (ROOT / found).exists() and not re.search(made.get(document.name, "$^"), found)
    ]
    assert not missing


def test_everybody_in_the_documents_examples_is_in_the_demonstration() -> None:
    people = Organisation(date(2026, 11, 25)).people_csv() + people_csv(date(2026, 11, 25))
    for document in [README, *ROOT.glob("docs/*.md")]:
        for address in re.findall(
            r"[\w.+-]+@(?:augmentcode\.com|fellside-networks\.example)", document.read_text(encoding="utf-8")
        ):
            assert f",{address}," in people, f"{document.name}: {address}"


def test_no_document_names_a_machine_of_ours() -> None:
    words = re.compile(r"(?<![\w.])/(work|farm|root|tmp)/")
    found = [
        str(path.relative_to(ROOT))
        for path in [README, *ROOT.glob("docs/**/*.md")]
        if words.search(Path(path).read_text(encoding="utf-8"))
    ]
    assert not found
