"""The integrations' settings, as administrators see them: what is in force, what to register, and no secret."""

from __future__ import annotations

import pytest

from functions.portal.shell.application import Portal
from infra.declarations.integration_settings import DECLARED, SECRETS, SETTINGS
from infra.local.environment import EmbeddedEnvironment
from shared.ports.documents import Merge
from tests.harness.browser import words
from tests.portal.conftest import House

PAGE = "/health/integrations"


@pytest.fixture(scope="module")
def own(own: House) -> House:
    """A house of this module's own: its tests change what is connected."""
    own.parts.addresses["api"] = "https://api.skills.example.com"
    return own


def connect(house: House, settings: dict[str, str]) -> None:
    """Connects the vendors anew, with these settings."""
    house.portal = Portal(EmbeddedEnvironment(house.parts, settings), house.ways)


def test_every_setting_is_explained_with_its_default(own: House) -> None:
    page = own.visit("administrator").text(PAGE)

    for declared in DECLARED:
        assert declared.name in page
        assert declared.about in page
        for scope in declared.scopes:
            assert scope.name in page
    for setting in SETTINGS.values():
        assert setting.name in page
        assert setting.about in page
        assert setting.default is None or setting.default in page
    assert "https://api.skills.example.com/webhooks/gong" in page
    assert "https://api.skills.example.com/api/v1/email-threads" in page
    assert PAGE in own.visit("administrator").get("/health").get_data(as_text=True)


def test_before_the_first_check_nobody_knows_of_secrets(own: House) -> None:
    page = own.visit("administrator").text(PAGE)

    assert page.count("Not known yet") == len(SECRETS)


def test_what_is_set_is_shown_and_a_secret_only_as_set(own: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_GONG_ACCESS", "somebody:very-secret")
    monkeypatch.setenv("SECRET_GONG_WEBHOOK_KEY", "none")
    connect(own, {"AUGMENT_MODEL": "claude-of-today", "AUGMENT_GONG_WEBHOOK_URL": "https://old.example.com/gong"})
    own.platform.health.check()

    page = own.visit("administrator").text(PAGE)

    assert "gong-access Secret · Set" in page
    assert "gong-webhook-key Secret · Not set" in page
    assert "Without it: the webhook is refused" in page
    assert "very-secret" not in page
    assert "In force: claude-of-today" in page
    assert "In force, the default: 10000" in page
    assert "Another address is set." in page
    assert "very-secret" not in str(own.parts.documents.get("health/latest"))


def test_a_vendor_that_does_not_answer_is_said_with_the_reason(own: House) -> None:
    own.platform.health.check()
    found = own.parts.documents.get("health/latest")
    assert found is not None
    items = [
        item | ({"state": "failing", "detail": "Gong does not take our key (401)"} if item["name"] == "Gong" else {})
        for item in found.data["integrations"]
    ]
    own.parts.documents.commit([Merge("health/latest", {"integrations": items})])

    page = own.visit("administrator").text(PAGE)

    assert "Failing" in page
    assert "The last check failed. Gong does not take our key (401)." in page


@pytest.mark.parametrize("role", ["employee", "manager", "senior_manager", "enablement", "cro"])
def test_the_settings_are_for_administrators(own: House, role: str) -> None:
    response = own.visit(role).get(PAGE)

    assert response.status_code == 403
    assert "AUGMENT_" not in words(response)
