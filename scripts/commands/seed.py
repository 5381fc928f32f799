"""Uploads the shipped frameworks (infra/frameworks/*.yaml) to a running platform.

A framework that is there already stays as it is, since people edit it there, unless --replace says otherwise: then the
file becomes a new version (the same content again publishes nothing).

scripts/seed --url https://HOST --token-file FILE [--replace] [FRAMEWORK.yaml …]
"""

from __future__ import annotations

import argparse
import json
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import quote

import yaml

from infra.frameworks.shipped import framework_files

TIMEOUT_SECONDS = 60


class Refused(Exception):
    """The platform did not take a framework; the message says why."""


def publish(url: str, token: str, framework: dict[str, Any], *, replace: bool) -> tuple[int, bool]:
    """Publishes one framework: (the version in force, whether the platform had one and kept it). Raises Refused."""
    framework_id = str(framework["framework_id"])
    address = f"{url.rstrip('/')}/api/v1/frameworks/{quote(framework_id, safe='')}"
    status, answer = call("PUT", address if replace else f"{address}?if_version=0", token, framework)
    if status == 409 and not replace:
        status, answer = call("GET", address, token)
        if status == 200:
            return int(answer["framework"]["version"]), True
    if status != 200:
        raise Refused(f"{framework_id}: {status} {answer.get('detail', 'no answer that this script can read')}")
    return int(answer["framework"]["version"]), False


def main(argv: Sequence[str], out: TextIO = sys.stdout, errors: TextIO = sys.stderr) -> int:
    """Returns 0, or 1 when a framework was refused or the platform cannot be reached."""
    parser = argparse.ArgumentParser(prog="scripts/seed", description="Uploads the shipped frameworks to a platform.")
    parser.add_argument("--url", required=True, help="of the API, e.g. https://api.example.com")
    parser.add_argument("--token-file", required=True, type=Path, help="with an ID token of an administrator")
    parser.add_argument("--replace", action="store_true", help="also where the platform has one: a new version")
    parser.add_argument("files", nargs="*", type=Path, help="default: all that ship")
    arguments = parser.parse_args(argv)
    token = arguments.token_file.read_text(encoding="utf-8").strip()
    failed = False
    for path in arguments.files or framework_files():
        framework = yaml.safe_load(path.read_text(encoding="utf-8"))
        try:
            version, kept = publish(arguments.url, token, framework, replace=arguments.replace)
            words = "kept; --replace publishes the file" if kept else "in force as the file has it"
            print(f"{framework['framework_id']}: version {version} {words}", file=out)
        except Refused as error:
            failed = True
            print(f"scripts/seed: {error}", file=errors)
        except urllib.error.URLError as error:
            print(f"scripts/seed: {arguments.url} cannot be reached: {error.reason}", file=errors)
            return 1
    return int(failed)


def call(method: str, address: str, token: str, body: Any = None) -> tuple[int, dict[str, Any]]:
    """Asks a platform: (status, the object that it answers). Raises URLError where it cannot be reached."""
    request = urllib.request.Request(
        address,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:
            return response.status, _object(response.read())
    except urllib.error.HTTPError as error:
        return error.code, _object(error.read())


def _object(content: bytes) -> dict[str, Any]:
    try:
        value = json.loads(content)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
