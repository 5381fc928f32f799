"""Plain-text gRPC channels to emulators and stand-ins on this machine."""

from __future__ import annotations

import importlib
from typing import Any


def plaintext_channel(address: str) -> Any:
    """Opens a channel to host:port without TLS and without limits on the size of messages."""
    grpc: Any = importlib.import_module("grpc")
    unlimited = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]
    return grpc.insecure_channel(address, options=unlimited)
