"""Says who calls the platform: a token that is given, or one of an embedded platform's own issuer."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from infra.local.ambient import SystemClock
from infra.local.identity import LocalIssuer, audience_of, service_account
from infra.web.calling import DEAL_ASSIGNMENTS, EMAIL_THREADS, EMPLOYEES_IMPORT, Token


def add_who(parser: argparse.ArgumentParser, local_help: str) -> None:
    """Adds the options that say who calls."""
    who = parser.add_mutually_exclusive_group()
    who.add_argument("--local", type=Path, metavar="DATA_DIR", help=local_help)
    who.add_argument("--token-file", type=Path, metavar="FILE", help="an ID token, read anew for each request")
    who.add_argument("--token", help="an ID token (others can see it in the list of processes)")


def local_token(data_directory: Path, account: str) -> Token:
    """Returns tokens of the embedded platform's own issuer, signed with the key in its data directory.

    account: name of a service account that the embedded platform has on its allow-list.
    """
    keys = data_directory / "secrets"
    if not keys.is_dir():
        raise ValueError(f"{data_directory} is not the data directory of an embedded platform that was started")
    source = LocalIssuer(keys, SystemClock()).source(service_account(account))
    owners = {EMPLOYEES_IMPORT: "skills_api", EMAIL_THREADS: "email_threads", DEAL_ASSIGNMENTS: "deals"}
    return lambda path: source.token_for(audience_of(owners.get(path, "ingest")))


def token_of(arguments: argparse.Namespace, account: str) -> Token:
    """Returns where tokens come from.

    They are given, read anew from a file at each call (so that it can be renewed), or by the local issuer of an
    embedded platform's data directory. account: the local service account that calls
    """
    if arguments.local:
        return local_token(arguments.local, account)
    if arguments.token_file:
        file: Path = arguments.token_file
        return lambda path: file.read_text(encoding="utf-8").strip()
    token: str = arguments.token or os.environ.get("AUGMENT_SKILLS_TOKEN", "")
    if not token:
        raise ValueError("who is calling? Give --local DATA_DIR, --token-file FILE or AUGMENT_SKILLS_TOKEN")
    return lambda path: token
