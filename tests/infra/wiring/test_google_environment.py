"""Google's adapters as the wiring gets them from Terraform's settings."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jwt
import pytest

from infra.declarations.pipeline import load_pipeline
from infra.wiring.google_environment import GoogleEnvironment, services
from infra.wiring.ports.bus import bus
from infra.wiring.ports.dead_letters import dead_letters
from infra.wiring.ports.directory import directory
from infra.wiring.ports.documents import documents
from infra.wiring.ports.files import files
from infra.wiring.ports.tasks import tasks
from infra.wiring.ports.tokens import tokens
from infra.wiring.ports.warehouse import warehouse
from shared.kernel.errors import NotFound, Unauthenticated
from tests.harness.web import FixedClock

ROOT = Path(__file__).resolve().parents[3]
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
INVOKER = "to-rating-update@demo.iam.gserviceaccount.com"
URL = "https://rating-update-42.europe-west1.run.app"
SETTINGS = {
    "GOOGLE_CLOUD_PROJECT": "demo",
    "AUGMENT_PROJECT_NUMBER": "42",
    "AUGMENT_REGION": "europe-west1",
    "AUGMENT_WAREHOUSE_GIGABYTES": "50",
    "AUGMENT_DATABASE": "live",
    "AUGMENT_QUARANTINE_BUCKET": "demo-quarantine",
    "AUGMENT_API_URL": "https://api.example.com",
    "AUGMENT_PORTAL_URL": "https://portal.example.com",
}


def adapters(function: str, **settings: str) -> GoogleEnvironment:
    made = GoogleEnvironment({**SETTINGS, "AUGMENT_FUNCTION": function, **settings})
    made.clock = FixedClock(NOW)
    return made


def behind_cloud_run(**changes: Any) -> dict[str, str]:
    """The header that a function sees: Cloud Run has checked the signature and removed it."""
    claims = {
        "iss": "https://accounts.google.com",
        "aud": URL,
        "email": INVOKER,
        "email_verified": True,
        "exp": int(NOW.timestamp()) + 60,
        **changes,
    }
    head_and_claims = jwt.encode(claims, "x" * 32, algorithm="HS256").rsplit(".", 1)[0]
    return {"Authorization": f"Bearer {head_and_claims}.SIGNATURE_REMOVED_BY_GOOGLE"}


def test_every_function_of_the_pipeline_has_its_adapters() -> None:
    for name in load_pipeline().functions:
        made = adapters(name)
        assert made.name == "google"
        assert documents(made) is documents(made)
        for adapter in (bus, tasks, files, tokens, dead_letters, warehouse):
            assert adapter(made) is not None


def test_the_invoker_may_call() -> None:
    adapters("rating_update").check_invoker(behind_cloud_run(), "rating_update")


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "somebody@demo.iam.gserviceaccount.com"},
        {"email": "to-erase-person@demo.iam.gserviceaccount.com"},
        {"email_verified": False},
        {"email": None},
        {"aud": "https://ingest-42.europe-west1.run.app"},
        {"iss": "https://issuer.example"},
        {"exp": int(NOW.timestamp()) - 11},
        {"exp": None},
    ],
)
def test_nobody_else_may_call(claims: dict[str, Any]) -> None:
    with pytest.raises(Unauthenticated):
        adapters("rating_update").check_invoker(behind_cloud_run(**claims), "rating_update")


@pytest.mark.parametrize(
    "header", ["", "Basic abc", "Bearer", "Bearer abc.SIGNATURE_REMOVED_BY_GOOGLE", "Bearer a.b.c"]
)
def test_what_is_no_token_is_refused(header: str) -> None:
    with pytest.raises(Unauthenticated):
        adapters("rating_update").check_invoker({"Authorization": header}, "rating_update")


def test_audiences_are_the_functions_address_and_its_hosts() -> None:
    made = adapters("ingest")
    assert made.audiences("ingest")[:2] == ("https://ingest-42.europe-west1.run.app", "https://api.example.com")
    assert made.audiences("portal")[:2] == ("https://portal-42.europe-west1.run.app", "https://portal.example.com")
    assert made.audiences("rating_update") == (URL,)


def test_integrations_write_events_and_read_profiles_unless_their_scopes_are_named() -> None:
    assert services(
        "Voice@x.iam.gserviceaccount.com, admin@x.iam.gserviceaccount.com:events.write|administration,"
    ) == {
        "voice@x.iam.gserviceaccount.com": {"events.write", "profiles.read"},
        "admin@x.iam.gserviceaccount.com": {"events.write", "administration"},
    }
    assert services("") == {}
    with pytest.raises(ValueError, match=r"everything is not one of events\.write"):
        services("a@x.iam.gserviceaccount.com:everything")


@pytest.mark.parametrize(
    ("address", "accepted"),
    [
        ("roleplay@acme-apps.iam.gserviceaccount.com", True),
        ("123456789012-compute@developer.gserviceaccount.com", False),
        ("acme-apps@appspot.gserviceaccount.com", False),
        ("somebody@example.com", False),
    ],
)
def test_terraform_and_the_api_take_the_same_callers(address: str, accepted: bool) -> None:
    declared = (ROOT / "terraform" / "modules" / "platform" / "variables.tf").read_text("utf-8")
    (pattern,) = re.findall(r'for address in var.allowed_callers : can\(regex\("(.*?)", address', declared)
    assert bool(re.search(pattern.replace("\\\\", "\\"), address)) is accepted
    if accepted:
        assert services(address)
    else:
        with pytest.raises(ValueError, match="no account of one service"):
            services(address)


def test_a_directory_is_there_when_its_administrator_is_named() -> None:
    assert directory(adapters("ingest")) is None
    assert directory(adapters("directory_sync", SECRET_DIRECTORY_DELEGATE="none")) is None


def test_a_function_reads_its_own_secrets_only() -> None:
    made = adapters("portal", SECRET_SESSION_KEY="s3cret")
    assert made.secrets.get("session-key") == "s3cret"
    with pytest.raises(NotFound):
        adapters("ingest", SECRET_SESSION_KEY="s3cret").secrets.get("session-key")
