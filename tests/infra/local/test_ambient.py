"""Clock, ids, secrets, log, files and the local issuer's key of the embedded default."""

from __future__ import annotations

import io
import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.declarations.pipeline import Secret
from infra.local.ambient import FolderSecrets, JsonLog, RandomIds, SystemClock
from infra.local.files import LocalFiles
from infra.local.identity import LocalIssuer
from infra.web.identity import CachedTokenSource
from shared.kernel.errors import NotFound
from tests.harness.issuers import published

DECLARED = {
    "session-key": Secret("session-key", "signs sessions", generated=True),
    "oauth-client-id": Secret("oauth-client-id", "of the portal"),
}


class TestSecrets:
    def test_a_generated_secret_is_made_once_and_only_its_owner_reads_it(self, tmp_path: Path) -> None:
        made = FolderSecrets(tmp_path / "secrets", DECLARED, {}).get("session-key")
        assert len(made) >= 43
        assert FolderSecrets(tmp_path / "secrets", DECLARED, {}).get("session-key") == made
        files = list((tmp_path / "secrets").iterdir())
        assert [file.name for file in files] == ["session-key"]
        assert stat.S_IMODE(files[0].stat().st_mode) == 0o600

    def test_the_environment_comes_first_then_the_folder(self, tmp_path: Path) -> None:
        (tmp_path / "oauth-client-id").write_text("from the folder\n", "utf-8")
        assert FolderSecrets(tmp_path, DECLARED, {}).get("oauth-client-id") == "from the folder"
        environment = {"SECRET_OAUTH_CLIENT_ID": "from the environment"}
        assert FolderSecrets(tmp_path, DECLARED, environment).get("oauth-client-id") == "from the environment"

    @pytest.mark.parametrize("name", ["oauth-client-id", "unheard-of", "../issuer-key.pem"])
    def test_what_is_not_set_or_not_declared_is_not_found(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(NotFound):
            FolderSecrets(tmp_path / "secrets", DECLARED, {}).get(name)


class TestLog:
    def test_an_event_is_one_line_of_json(self) -> None:
        stream = io.StringIO()
        log = JsonLog(stream, now=lambda: datetime(2026, 11, 23, tzinfo=UTC))
        log.event("event.recorded", event_id="e\n1", count=2, ratio=0.5, duplicate=False, nothing=None)
        assert stream.getvalue().count("\n") == 1
        assert json.loads(stream.getvalue()) == {
            "severity": "INFO",
            "time": "2026-11-23T00:00:00+00:00",
            "event": "event.recorded",
            "event_id": "e\n1",
            "count": 2,
            "ratio": 0.5,
            "duplicate": False,
            "nothing": None,
        }

    @pytest.mark.parametrize("value", [{"name": "Ada"}, ["x"], b"x", datetime(2026, 1, 1, tzinfo=UTC)])
    def test_what_could_be_a_payload_is_refused(self, value: Any) -> None:
        stream = io.StringIO()
        with pytest.raises((TypeError, ValueError)):
            JsonLog(stream).event("event.recorded", field=value)
        assert stream.getvalue() == ""

    def test_of_a_text_it_keeps_what_an_id_needs(self) -> None:
        stream = io.StringIO()
        JsonLog(stream).event("event.recorded", event_id="x" * 5000)
        assert json.loads(stream.getvalue())["event_id"] == "x" * 500

    @pytest.mark.parametrize("name", ["", "Event happened", "event.", "event: Ada"])
    def test_an_event_has_a_name_and_no_sentence(self, name: str) -> None:
        with pytest.raises(ValueError, match="not an event"):
            JsonLog(io.StringIO()).event(name)

    def test_what_is_less_than_asked_for_is_left_out(self) -> None:
        stream = io.StringIO()
        log = JsonLog(stream, at_least="WARNING")
        log.event("all.well")
        log.event("not.so.well", "ERROR")
        assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == ["not.so.well"]


class TestFiles:
    @pytest.mark.parametrize("name", ["", "x" * 1025, "\ud800"])
    def test_a_name_has_1_to_1024_bytes_of_unicode(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(ValueError):
            LocalFiles(tmp_path).write(name, b"x")

    def test_no_name_leaves_the_folder_or_needs_capitals(self, tmp_path: Path) -> None:
        files = LocalFiles(tmp_path / "files")
        for name in ("../../outside", "/etc/passwd", "..", "A", "a", "x" * 900, "é"):
            files.write(name, b"x")
        written = [path.relative_to(tmp_path) for path in tmp_path.rglob("*.blob")]
        assert len(written) == 7
        assert all(path.parts[:2] == ("files", "stored") for path in written)
        assert all(str(path) == str(path).lower() for path in written)
        assert {stat.S_IMODE((tmp_path / path).stat().st_mode) for path in written} == {0o600}


class TestIssuer:
    def test_its_key_is_made_once_and_only_its_owner_reads_it(self, tmp_path: Path) -> None:
        first = LocalIssuer(tmp_path / "secrets", SystemClock())
        second = LocalIssuer(tmp_path / "secrets", SystemClock())
        assert published(first) == published(second)
        (file,) = (tmp_path / "secrets").iterdir()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600

    def test_its_published_keys_hold_nothing_private(self, tmp_path: Path) -> None:
        (jwk,) = published(LocalIssuer(tmp_path, SystemClock()))["keys"]
        assert jwk.keys() == {"kty", "key_ops", "n", "e", "kid", "alg", "use"}


class TestTokenSource:
    def test_a_token_is_used_until_five_minutes_before_its_end(self) -> None:
        class Clock:
            time = datetime(2026, 11, 23, tzinfo=UTC)

            def now(self) -> datetime:
                return self.time

        clock = Clock()
        minted: list[str] = []

        def mint(audience: str) -> tuple[str, float]:
            minted.append(audience)
            return f"token {len(minted)}", clock.now().timestamp() + 3600

        source = CachedTokenSource(mint, clock)
        assert [source.token_for("a"), source.token_for("b"), source.token_for("a")] == [
            "token 1",
            "token 2",
            "token 1",
        ]
        clock.time += timedelta(minutes=54)
        assert source.token_for("a") == "token 1"
        clock.time += timedelta(minutes=2)
        assert source.token_for("a") == "token 3"


def test_ids_are_new_and_fit_into_a_url() -> None:
    made = {RandomIds().new() for _ in range(1000)}
    assert len(made) == 1000
    assert all(len(new) == 22 and new.replace("-", "").replace("_", "").isalnum() for new in made)


def test_the_clock_is_in_utc() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)
