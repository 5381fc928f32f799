"""What is exhaustive is sampled the same way every time, and says what it leaves out."""

from __future__ import annotations

from tests.harness.speed import Moments


def chosen(number: int, seed: str = "one", *, whole: bool = False) -> tuple[list[int], list[tuple[int, int]]]:
    told: list[tuple[int, int]] = []
    return Moments(seed, lambda of, left: told.append((of, left)), whole=whole).of(range(number)), told


def test_the_first_the_last_and_seeded_ones_between() -> None:
    moments, told = chosen(100)
    assert (moments[0], moments[-1], len(moments)) == (0, 99, 4)
    assert moments == sorted(moments) == chosen(100)[0]
    assert moments != chosen(100, "another")[0]
    assert told == [(100, 96)]


def test_a_few_are_all_tried_and_a_proof_tries_every_one() -> None:
    assert chosen(4) == ([0, 1, 2, 3], [(4, 0)])
    assert chosen(100, whole=True) == (list(range(100)), [(100, 0)])
