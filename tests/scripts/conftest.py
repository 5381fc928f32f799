"""Gives the tests of commands the platform's real API, also on a port of its own, and a platform under load."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from tests.api.conftest import api, loaded
from tests.harness.api_client import ADA, ApiClient
from tests.infra.web.conftest import platform

__all__ = ["api", "loaded", "platform"]


@pytest.fixture
def url(api: ApiClient) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, api.application, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def token_file(api: ApiClient, tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text(api.token(ADA) + "\n")
    return path
