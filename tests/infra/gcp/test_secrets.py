"""Secrets come from where Terraform mounts them."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.gcp.secrets import MountedSecrets
from shared.kernel.errors import NotFound, Retryable


def test_the_environment_goes_before_the_folder(tmp_path: Path) -> None:
    (tmp_path / "session-key").write_text("from the file\n", encoding="utf-8")
    declared = ["session-key"]
    environment = {"SECRET_SESSION_KEY": "from the environment"}
    assert MountedSecrets(declared, environment, tmp_path).get("session-key") == "from the environment"
    assert MountedSecrets(declared, {}, tmp_path).get("session-key") == "from the file"


def test_the_line_break_after_a_typed_value_is_no_part_of_it() -> None:
    assert MountedSecrets(["session-key"], {"SECRET_SESSION_KEY": " a b \r\n"}).get("session-key") == " a b "


def test_an_undeclared_name_is_not_found_even_if_it_is_mounted() -> None:
    with pytest.raises(NotFound, match="other"):
        MountedSecrets(["session-key"], {"SECRET_OTHER": "x"}).get("other")


@pytest.mark.parametrize("environment", [{}, {"SECRET_SESSION_KEY": ""}, {"SECRET_SESSION_KEY": "\n"}])
def test_a_declared_secret_that_is_not_there_is_an_outage(environment: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(Retryable, match="SECRET_SESSION_KEY"):
        MountedSecrets(["session-key"], environment, tmp_path).get("session-key")
    (tmp_path / "session-key").mkdir()
    with pytest.raises(Retryable, match="IsADirectoryError"):
        MountedSecrets(["session-key"], {}, tmp_path).get("session-key")
