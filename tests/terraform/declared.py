"""The pipeline as declared, which the plan is held against."""

from __future__ import annotations

from infra.declarations.pipeline import load_pipeline

PIPELINE = load_pipeline()
FUNCTIONS = sorted(PIPELINE.functions)
