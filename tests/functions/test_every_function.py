"""Every function of the pipeline has tests under its own name, and a header that tells its story."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from infra.declarations.pipeline import load_pipeline


@pytest.mark.parametrize("name", sorted(load_pipeline().functions))
def test_it_has_tests_under_its_name(name: str) -> None:
    tests = Path(__file__).with_name(f"test_{name}.py").read_text("utf-8")
    assert "\ndef test_" in tests or "    def test_" in tests
    assert name in tests


@pytest.mark.parametrize("name", sorted(load_pipeline().functions))
def test_its_header_says_what_triggers_it_what_it_produces_and_which_errors_it_has(name: str) -> None:
    main = Path(__file__).parents[2] / "functions" / name / "main.py"
    header = ast.get_docstring(ast.parse(main.read_text("utf-8"))) or ""
    assert re.fullmatch(r"[A-Z]\w*s .+?\.\n\nTriggers: .+?\.\nProduces: .+?\.\nErrors:   .+?\.", header, re.DOTALL)
