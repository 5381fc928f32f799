"""Every function of the pipeline has tests under its own name."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.declarations.pipeline import load_pipeline


@pytest.mark.parametrize("name", sorted(load_pipeline().functions))
def test_it_has_tests_under_its_name(name: str) -> None:
    tests = Path(__file__).with_name(f"test_{name}.py").read_text("utf-8")
    assert "\ndef test_" in tests or "    def test_" in tests
    assert name in tests
