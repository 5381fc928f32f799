"""Imports official occupational standards into a running platform, and says what is wrong with each, line by line.

A file is the publisher's JSON: a list of records, or one record, of apprenticeships, foundation apprenticeships or
apprenticeship units. A standard with a defect stays out with all its versions; what only is a warning comes in.

scripts/import_standards --url https://HOST --token-file FILE [--dry-run] STANDARDS.json …
"""

from __future__ import annotations

import argparse
import json
import sys
import urllib.error
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from scripts.commands.seed import call
from shared.kernel.json_values import JsonObject


def main(argv: Sequence[str], out: TextIO = sys.stdout, errors: TextIO = sys.stderr) -> int:
    """Returns 0; 1 when a standard was refused, a file could not be read or the platform cannot be reached."""
    parser = argparse.ArgumentParser(prog="scripts/import_standards", description=str(__doc__).partition("\n")[0])
    parser.add_argument("--url", required=True, help="of the API, e.g. https://api.example.com")
    parser.add_argument("--token-file", required=True, type=Path, help="with an ID token of an administrator")
    parser.add_argument("--dry-run", action="store_true", help="only say what would come of it")
    parser.add_argument("files", nargs="+", type=Path)
    arguments = parser.parse_args(argv)
    token = arguments.token_file.read_text(encoding="utf-8").strip()
    address = f"{arguments.url.rstrip('/')}/api/v1/standards/import?dry_run={str(arguments.dry_run).lower()}"
    failed = False
    for path in arguments.files:
        try:
            value = json.loads(path.read_bytes())
            status, answer = call("POST", address, token, {"standards": [value] if isinstance(value, dict) else value})
        except (OSError, ValueError) as error:
            if isinstance(error, urllib.error.URLError):
                print(f"scripts/import_standards: {arguments.url} cannot be reached: {error.reason}", file=errors)
                return 1
            print(f"scripts/import_standards: {path}: {error}", file=errors)
            failed = True
            continue
        if status != 200:
            print(f"scripts/import_standards: {path}: {status} {answer.get('detail', 'no answer')}", file=errors)
            failed = True
            continue
        failed |= _report(path, answer, out)
    return int(failed)


def _report(path: Path, answer: JsonObject, out: TextIO) -> bool:
    """Prints what came of a file; True when something was refused."""
    standards, defects = list(_objects(answer, "standards")), list(_objects(answer, "defects"))
    for one in standards:
        about = f"{one['statements']} statements, revision {one['revision']}" if one["revision"] else "see below"
        print(f"{path.name}: {one['reference']} {one['version']} {one['title']}: {one['result']} ({about})", file=out)
    for one in defects:
        where = f"record {one['record']}" if one["record"] else "the file"
        field = f" {one['field']}:" if one["field"] else ""
        words = f"{one['reference']} {one['version']}: {one['severity']} {one['code']}{field} {one['detail']}"
        print(f"{path.name}: {where} {words}", file=out)
    if answer.get("dry_run"):
        print(f"{path.name}: a dry run; nothing was kept", file=out)
    return any(one["result"] == "rejected" for one in standards)


def _objects(answer: JsonObject, name: str) -> Sequence[JsonObject]:
    found = answer.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
