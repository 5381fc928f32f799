"""Stages one deterministic zip per function below build/, ready to be uploaded.

    ./scripts/package                 all functions, and build/sources.tfvars.json for Terraform
    ./scripts/package ingest portal   these only
    ./scripts/package --files ingest  what goes into it

The same sources give the same bytes everywhere, and a zip is named by its sha-256: what has not changed is not
deployed. Needs what requirements.lock pins to be installed, to tell which import belongs to which
package.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from infra.declarations.pipeline import PipelineError, load_pipeline
from infra.packaging.errors import PackagingError
from infra.packaging.staging import package

ROOT = Path(__file__).resolve().parents[2]


def main(argv: Sequence[str]) -> int:
    """Returns 0, or 1 when a function cannot be packaged."""
    parser = argparse.ArgumentParser(
        prog="scripts/package", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("functions", nargs="*", help="functions to package; all when none is named")
    parser.add_argument("--output", type=Path, default=ROOT / "build", help="folder for the zips (build)")
    parser.add_argument("--files", action="store_true", help="also list the files and packages of each function")
    arguments = parser.parse_args(argv)
    try:
        staged = package(ROOT, load_pipeline(), arguments.output, arguments.functions)
    except (PackagingError, PipelineError) as error:
        print(f"package: {error}", file=sys.stderr)
        return 1
    for function in staged:
        size = f"{len(function.content) / 1024:.0f} KiB"
        print(f"{function.name:24} {size:>9}  {len(function.packages):3} packages  {function.object_name}")
        if arguments.files:
            print("  files:    " + "\n            ".join(function.files))
            print("  packages: " + ", ".join(function.packages))
    return 0
