"""Prints an ID token of the embedded platform's issuer."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from infra.local.ambient import SystemClock
from infra.local.environment import API, SERVICES
from infra.local.identity import LocalIssuer, audience_of, service_account

DATA = Path(__file__).resolve().parents[2] / "data"
"""Where ./scripts/run keeps its data unless told otherwise, whatever directory a command is started from."""


def main(argv: Sequence[str]) -> int:
    """Returns 0, or 1 when there is no platform in the data directory."""
    parser = argparse.ArgumentParser(prog="scripts/token")
    parser.add_argument("who", nargs="?", default="administration", help="an e-mail address or a local service account")
    parser.add_argument("--data", type=Path, default=DATA)
    arguments = parser.parse_args(argv)
    keys = arguments.data / "secrets"
    if not keys.is_dir():
        print(f"scripts/token: no platform has been started on {arguments.data}", file=sys.stderr)
        return 1
    email = arguments.who if "@" in arguments.who else service_account(arguments.who)
    if "@" not in arguments.who and email not in SERVICES:
        known = ", ".join(sorted(name.split("@")[0] for name in SERVICES))
        print(f"scripts/token: {arguments.who!r} is no local service account; known: {known}", file=sys.stderr)
        return 1
    token, _ = LocalIssuer(keys, SystemClock()).token(email, audience_of(API))
    print(token)
    return 0
