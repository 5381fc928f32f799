"""The part of Cloud Storage's JSON API that the files adapter uses, over HTTP on the loopback, kept in memory.

Multipart upload, media download, metadata, listing by prefix in pages, deletion; 404 for what is missing.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.harness.web import LoopbackServer, running

PAGE = 3
"""Names per page of a listing: small, so that a test needs several."""


@dataclass(slots=True)
class Bucket:
    """objects: content and content type by name; generations: how often each was written, what was deleted included;
    failures: the next so many requests are answered with 503."""

    objects: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    generations: dict[str, int] = field(default_factory=dict)
    writing: Lock = field(default_factory=Lock)
    failures: int = 0
    requests: list[str] = field(default_factory=list)


@contextmanager
def storage_server(bucket: str, *others: str) -> Iterator[tuple[str, Bucket]]:
    """Serves buckets; yields the URL for STORAGE_EMULATOR_HOST and what the first holds."""
    buckets = {name: Bucket() for name in (bucket, *others)}
    kept = buckets[bucket]

    class Handler(_Handler):
        stores = buckets

    with running(LoopbackServer(Handler)) as url:
        yield url, kept


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # the second part of an answer would wait for an acknowledgement
    stores: Mapping[str, Bucket]
    name: str
    store: Bucket

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path, query = self._target()
        if self._fails():
            return
        if path != f"/upload/storage/v1/b/{self.name}/o" or query.get("uploadType") != "multipart":
            self._error(404)
            return
        metadata, content, content_type = _multipart(self.headers["Content-Type"], body)
        name = str(metadata["name"])
        with self.store.writing:
            fits = self._is_generation(name, query)
            if fits:
                self.store.objects[name] = (content, str(metadata.get("contentType") or content_type))
                self.store.generations[name] = self.store.generations.get(name, 0) + 1
        if fits:
            self._json(200, self._metadata(name))
        else:
            self._error(412)

    def do_GET(self) -> None:
        path, query = self._target()
        if self._fails():
            return
        if path == f"/storage/v1/b/{self.name}/o":
            names = sorted(name for name in self.store.objects if name.startswith(query.get("prefix", "")))
            start = int(query.get("pageToken", 0))
            answer: dict[str, Any] = {
                "kind": "storage#objects",
                "items": [self._metadata(name) for name in names[start : start + PAGE]],
            }
            if start + PAGE < len(names):
                answer["nextPageToken"] = str(start + PAGE)
            self._json(200, answer)
            return
        found = re.fullmatch(rf"(/download)?/storage/v1/b/{re.escape(self.name)}/o/([^/]+)", path)
        name = unquote(found[2]) if found else ""
        if name not in self.store.objects:
            self._error(404)
        elif not self._is_generation(name, query):
            self._error(412)
        elif query.get("alt") == "media":
            content, content_type = self.store.objects[name]
            digest = base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()
            self._answer(200, content, content_type, {"X-Goog-Hash": f"md5={digest}"})
        else:
            self._json(200, self._metadata(name))

    def do_DELETE(self) -> None:
        path, _ = self._target()
        if self._fails():
            return
        name = unquote(path.removeprefix(f"/storage/v1/b/{self.name}/o/"))
        if self.store.objects.pop(name, None) is None:
            self._error(404)
        else:
            self._answer(204, b"", "application/json", {})

    def _target(self) -> tuple[str, dict[str, str]]:
        parts = urlsplit(self.path)
        self.name = (re.findall(r"/b/([^/]+)/", f"{parts.path}/") or [""])[0]
        self.store = self.stores.get(self.name, Bucket())
        self.store.requests.append(f"{self.command} {parts.path}")
        return parts.path, {key: values[0] for key, values in parse_qs(parts.query).items()}

    def _is_generation(self, name: str, query: Mapping[str, str]) -> bool:
        """Tells whether an object is of the generation that a request asks for; 0: it is not there."""
        wanted = query.get("ifGenerationMatch")
        there = self.store.generations.get(name, 1) if name in self.store.objects else 0
        return wanted is None or int(wanted) == there

    def _fails(self) -> bool:
        if not self.store.failures:
            return False
        self.store.failures -= 1
        self._error(503)
        return True

    def _metadata(self, name: str) -> dict[str, Any]:
        content, content_type = self.store.objects[name]
        digest = base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()
        return {
            "kind": "storage#object",
            "bucket": self.name,
            "name": name,
            "size": str(len(content)),
            "contentType": content_type,
            "generation": str(self.store.generations.get(name, 1)),
            "md5Hash": digest,
        }

    def _json(self, status: int, value: Any) -> None:
        self._answer(status, json.dumps(value).encode(), "application/json", {})

    def _error(self, status: int) -> None:
        self._json(status, {"error": {"code": status, "message": "No such object" if status == 404 else "Try again"}})

    def _answer(self, status: int, content: bytes, content_type: str, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": content_type, "Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Quiet: the tests say what arrived."""


def _multipart(content_type: str, body: bytes) -> tuple[dict[str, Any], bytes, str]:
    """The metadata, content and content type of a multipart/related upload."""
    found = re.search(r'boundary="?([^";]+)"?', content_type)
    assert found, content_type
    boundary = b"--" + found[1].encode()
    _, first, second, _ = body.split(boundary)
    metadata = json.loads(first.split(b"\r\n\r\n", 1)[1])
    headers, content = second.split(b"\r\n\r\n", 1)
    kind = re.search(rb"content-type: *([^\r\n]+)", headers, re.IGNORECASE)
    return metadata, content.removesuffix(b"\r\n"), kind[1].decode() if kind else "application/octet-stream"
