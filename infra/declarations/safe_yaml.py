"""Reads YAML with libyaml where PyYAML has it, which takes a tenth of the time."""

from __future__ import annotations

try:
    from yaml import CSafeLoader as SafeLoader
except ImportError:
    from yaml import SafeLoader  # type: ignore[assignment]

__all__ = ["SafeLoader"]
