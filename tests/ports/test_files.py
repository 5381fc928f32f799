"""The `Files` port: bytes by name."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from shared.ports.ambient import Files

ODD_NAMES = [
    "plain",
    "deep/er/and/deeper.json",
    "../outside",
    "/absolute",
    "a..b",
    "with space",
    "percent%2Fescaped",
    "naïve-日本語-🧰",
    "Capital",
    "capital",
    "back\\slash",
    "colon:star*question?",
    "trailing.",
    "CON",
    "quarantine/2026-11-23/" + "x" * 700,
]


class TestFiles:
    def test_a_file_comes_back_as_it_was_written(self, files: Files) -> None:
        content = bytes(range(256)) * 40
        files.write("quarantine/one", content, content_type="application/json")
        assert files.read("quarantine/one") == content
        files.write("quarantine/one", b"")
        assert files.read("quarantine/one") == b""

    def test_a_missing_file_is_none_and_may_be_deleted(self, files: Files) -> None:
        assert files.read("missing") is None
        files.delete("missing")

    def test_names_are_literal_and_never_meet(self, files: Files) -> None:
        for number, name in enumerate(ODD_NAMES):
            files.write(name, str(number).encode())
        assert {name: files.read(name) for name in ODD_NAMES} == {
            name: str(number).encode() for number, name in enumerate(ODD_NAMES)
        }
        assert list(files.list()) == sorted(ODD_NAMES)

    def test_lists_by_prefix(self, files: Files) -> None:
        for name in ("a/1", "a/2", "ab/3", "b/4"):
            files.write(name, b"x")
        assert list(files.list("a/")) == ["a/1", "a/2"]
        assert list(files.list("a")) == ["a/1", "a/2", "ab/3"]
        assert list(files.list("c")) == []
        files.delete("a/1")
        assert list(files.list("a/")) == ["a/2"]

    def test_replaces_what_is_as_it_was_read_and_nothing_else(self, files: Files) -> None:
        assert not files.replace("one", b"first", b"second")
        assert files.replace("one", None, b"first")
        assert not files.replace("one", None, b"again")
        assert not files.replace("one", b"other", b"second")
        assert files.read("one") == b"first"
        assert files.replace("one", b"first", b"second")
        files.delete("one")
        assert not files.replace("one", b"second", b"third")
        assert files.read("one") is None

    def test_of_many_at_once_each_replacement_builds_on_the_last(self, files: Files) -> None:
        def add(letter: str) -> None:
            while not files.replace("all", before := files.read("all"), (before or b"") + letter.encode()):
                pass

        with ThreadPoolExecutor(8) as together:
            list(together.map(add, "abcdefgh"))
        assert sorted((files.read("all") or b"").decode()) == list("abcdefgh")
