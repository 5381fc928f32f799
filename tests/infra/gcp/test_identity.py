"""Tokens from a metadata server and from IAM, both spoken by a server of ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import jwt
import pytest

from infra.gcp.identity import InvokerTokens
from shared.kernel.errors import Retryable
from tests.harness.web import Asked, FixedClock, Told, serving

ROOT = Path(__file__).parents[3]
ACCOUNT = "fn-portal@demo.iam.gserviceaccount.com"
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


def in_function(statements: str, metadata: str) -> list[str]:
    """What statements print, in a fresh interpreter whose metadata server is at host:port."""
    program = f"from infra.gcp.identity import MetadataTokens\ntokens = MetadataTokens()\n{statements}"
    environment = {**os.environ, "GCE_METADATA_HOST": metadata, "NO_GCE_CHECK": "true", "NO_PROXY": "*"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, env=environment
    )
    return done.stdout.splitlines()


def test_tokens_are_kept_until_they_are_about_to_expire() -> None:
    asked: list[str] = []
    lifetime = {"https://long.example": 3600, "https://short.example": 60}

    def answer(request: Asked) -> Told:
        assert request.headers["metadata-flavor"] == "Google"
        asked.append(request.path)
        headers = {"Metadata-Flavor": "Google"}
        if request.path.endswith("/identity"):
            audience = request.query["audience"]
            claims = {"aud": audience, "exp": int(time.time()) + lifetime[audience], "n": len(asked)}
            token = jwt.encode(claims, "x" * 32, algorithm="HS256")
            return Told(token.encode(), headers={**headers, "Content-Type": "text/html"})
        if request.path.endswith("/token"):
            value = {"access_token": f"access-{len(asked)}", "expires_in": 3599, "token_type": "Bearer"}
            return Told(value, headers={**headers, "Content-Type": "application/json"})
        return Told(
            {"email": ACCOUNT, "aliases": ["default"], "scopes": []},
            headers={**headers, "Content-Type": "application/json"},
        )

    statements = (
        "for audience in ('long', 'long', 'short', 'short'):\n"
        "    print(tokens.token_for(f'https://{audience}.example'))\n"
        "print(tokens.access_token(), tokens.access_token(), tokens.account())"
    )
    with serving(answer) as url:
        *minted, last = in_function(statements, url.removeprefix("http://"))
    claims = [jwt.decode(token, options={"verify_signature": False}) for token in minted]
    assert [claim["aud"] for claim in claims] == ["https://long.example"] * 2 + ["https://short.example"] * 2
    assert minted[0] == minted[1]
    assert minted[2] != minted[3]
    first, second, account = last.split()
    assert first == second
    assert account == ACCOUNT
    assert len([path for path in asked if path.endswith("/identity")]) == 3


def test_a_metadata_server_that_does_not_answer_is_retryable() -> None:
    with serving(lambda asked: Told(status=404)) as url:
        statements = (
            "from shared.kernel.errors import Retryable\n"
            "try:\n    tokens.token_for('https://a.example')\n"
            "except Retryable as error:\n    print('retryable:', error)"
        )
        (line,) = in_function(statements, url.removeprefix("http://"))
    assert line.startswith("retryable: the metadata server is not available")


def test_the_invokers_token_is_asked_of_iam() -> None:
    asked: list[Asked] = []

    def answer(request: Asked) -> Told:
        asked.append(request)
        return Told({"token": "minted"})

    with serving(answer) as url:
        invoker = InvokerTokens({"https://a.example": "invoker@demo"}, lambda: "own", FixedClock(NOW), host=url)
        assert invoker.mint("https://a.example") == ("minted", NOW.timestamp() + 3600)
    assert asked[0].path == "/v1/projects/-/serviceAccounts/invoker@demo:generateIdToken"
    assert asked[0].headers["authorization"] == "Bearer own"
    assert asked[0].body == {"audience": "https://a.example", "includeEmail": True}


@pytest.mark.parametrize("told", [Told({"error": {}}, 403), Told(b"no JSON"), Told(json.loads("{}"))])
def test_no_token_is_retryable(told: Told) -> None:
    with serving(lambda asked: told) as url:
        invoker = InvokerTokens({"https://a.example": "invoker@demo"}, lambda: "own", FixedClock(NOW), host=url)
        with pytest.raises(Retryable, match="no token of the invoker"):
            invoker.mint("https://a.example")
