"""A budget of requests to the recorder that lets everybody pass."""

from __future__ import annotations


class Unlimited:
    """Notes what it is told. taken: how many passed; held_off: for how many seconds all were asked to wait"""

    def __init__(self) -> None:
        self.taken = 0
        self.held_off: list[int] = []

    def take(self) -> None:
        self.taken += 1

    def hold_off(self, seconds: int) -> None:
        self.held_off.append(seconds)
