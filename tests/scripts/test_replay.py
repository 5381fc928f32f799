"""Replays files to a real HTTP server that behaves as a platform under load does."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import pytest

from infra.local.ambient import SystemClock
from infra.local.identity import ISSUER, LocalIssuer, audience_of, service_account
from infra.web.identity import VerifiedTokens
from scripts.commands import replay
from shared.kernel.errors import Unauthenticated
from tests.harness.busy_platform import Platform, event


class TestCommand:
    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        file = tmp_path / "mine.jsonl"
        file.write_text("".join(json.dumps(event(n)) + "\n" for n in range(1, 21)), encoding="utf-8")
        return file

    def run(self, *arguments: str) -> tuple[int, str, str]:
        out, errors = io.StringIO(), io.StringIO()
        return replay.main(arguments, out, errors), out.getvalue(), errors.getvalue()

    def test_succeeds_and_leaves_no_report_when_everything_was_taken(self, platform: Platform, file: Path) -> None:
        stale = file.with_name("mine.jsonl.rejects.jsonl")
        stale.write_text("{}\n", encoding="utf-8")
        code, out, errors = self.run(str(file), "--url", platform.url, "--token", "t")
        assert code == 0
        assert "20 accepted, 0 were there already, 0 rejected" in out
        assert "100 %" in errors
        assert not stale.exists()

    def test_reads_a_file_that_begins_with_a_byte_order_mark(self, platform: Platform, file: Path) -> None:
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
        code, out, _ = self.run(str(file), "--url", platform.url, "--token", "t")
        assert (code, "0 rejected" in out) == (0, True), out

    def test_writes_each_reject_with_line_and_reason_and_fails(self, platform: Platform, file: Path) -> None:
        platform.trouble_with_item = lambda sent: 422 if sent["event_id"] == "evt-4" else 0
        with file.open("ab") as more:
            more.write(b'not json\n{"event_id": "\xff"}\n')
        code, out, _ = self.run(str(file), "--url", platform.url, "--token", "t")
        written = file.with_name("mine.jsonl.rejects.jsonl").read_text(encoding="utf-8").splitlines()
        rejects = [json.loads(line) for line in written]
        assert code == 1
        assert [(r["line"], r["status"], r["id"]) for r in rejects] == [(4, 422, "evt-4"), (21, 0, None), (22, 0, None)]
        assert "line 4: refused evt-4" in out
        assert len(platform.by_id) == 19

    def test_imports_people_first(self, platform: Platform, file: Path) -> None:
        people = file.with_name("people.csv")
        people.write_text(
            "name,email,role,manager,hire_date\nP,p0@example.com,employee,,2024-01-01\n", encoding="utf-8"
        )
        code, out, _ = self.run(str(file), "--url", platform.url, "--token", "t", "--people", str(people))
        assert code == 0
        assert platform.people[1].startswith("P,p0@example.com")
        assert "people: 1 created" in out

    def test_reads_a_renewed_token_from_its_file(self, platform: Platform, file: Path) -> None:
        token = file.with_name("token")
        token.write_text("first\n", encoding="utf-8")

        def renew(*_: Any) -> None:
            token.write_text("second\n", encoding="utf-8")

        platform.trouble = renew
        self.run(str(file), "--url", platform.url, "--token-file", str(token), "--list-size", "10")
        assert platform.tokens == {"Bearer first": 1, "Bearer second": 1}

    def test_signs_with_the_embedded_platforms_own_key(self, platform: Platform, file: Path, tmp_path: Path) -> None:
        """Each function's own audience, and the account of the allow-list: what the one verifier accepts."""
        data = tmp_path / "data"
        issuer = LocalIssuer(data / "secrets", SystemClock())
        verified = VerifiedTokens({ISSUER: issuer}, SystemClock())
        people = tmp_path / "people.csv"
        people.write_text("name,email,role,manager,hire_date\n", encoding="utf-8")
        code, _, _ = self.run(str(file), "--url", platform.url, "--local", str(data), "--people", str(people))
        assert code == 0
        found = set()
        for header in platform.tokens:
            for function in ("ingest", "skills_api"):
                with contextlib.suppress(Unauthenticated):
                    identity = verified.verify(header.removeprefix("Bearer "), audiences=[audience_of(function)])
                    found.add((function, identity.email, identity.kind))
        assert found == {(f, service_account("administration"), "service") for f in ("ingest", "skills_api")}

    def test_makes_no_keys_in_a_folder_that_is_no_data_directory(self, file: Path, tmp_path: Path) -> None:
        code, _, errors = self.run(str(file), "--local", str(tmp_path / "elsewhere"))
        assert code == 2
        assert "not the data directory" in errors
        assert not (tmp_path / "elsewhere").exists()

    @pytest.mark.parametrize(
        ("arguments", "reason"),
        [
            (["--token", "t", "--url", "http://127.0.0.1:9", "--list-size", "501"], "from 1 to 500"),
            (["--token", "t", "--url", "ftp://example.com"], "no http(s) URL"),
            ([], "who is calling?"),
        ],
    )
    def test_says_what_is_wrong_with_the_call(
        self, file: Path, arguments: list[str], reason: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("AUGMENT_SKILLS_TOKEN", raising=False)
        code, _, errors = self.run(str(file), *arguments)
        assert code == 2
        assert reason in errors

    def test_fails_when_there_is_no_such_file(self) -> None:
        code, _, errors = self.run("nowhere.jsonl", "--token", "t")
        assert code == 2
        assert "nowhere.jsonl" in errors
