"""Writes what each sign of a message weighs into `infra/coaching/weights.txt`, learned from `tests/coaching/*.yaml`.

From every set but those that are held out (`*_held_out.yaml`). A logistic regression over several outcomes whose
large weights cost something; nothing is drawn by lot, so the same messages give the same weights.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import yaml
from scipy import sparse  # type: ignore[import-untyped]
from scipy.optimize import minimize  # type: ignore[import-untyped]

from infra.coaching.shipped import WEIGHTS, weigher_with
from infra.declarations.safe_yaml import SafeLoader
from scripts.commands.generated_text import refuse_arguments
from shared.coaching.domain.safety import KINDS
from shared.coaching.domain.weighing import BASE, UNIT, Signs, Weights, parts_of

Matrix = npt.NDArray[np.float64]
MESSAGES: Final = Path(__file__).resolve().parents[2] / "tests" / "coaching"
HELD_OUT: Final = "_held_out"
OUTCOMES: Final = (
    *KINDS,
    "refuse:permit_shortcut",
    "refuse:others_data",
    "refuse:injection",
    "refuse:off_topic",
    "hand_over",
    "whats_next",
    "explain",
    "log_evidence",
    "other",
)
_REFUSED: Final = {
    "permit_shortcut": "refuse:permit_shortcut",
    "others_data": "refuse:others_data",
    "prompt_injection": "refuse:injection",
}
_HARMLESS: Final = {
    "theory_question": "explain",
    "finished_evidence": "log_evidence",
    "ordinary_intent": "whats_next",
    "legitimate_intent": "whats_next",
}
ROUNDS: Final = 60
SHRINK: Final = 0.1
"""How much the square of a weight costs."""
OF_PART: Final = 0.5
"""How much a part counts beside a whole message."""
OF_FROZEN: Final = 3.0
"""The same of the sets that were written without sight of any rule, and are no corpus on one thing."""
FEWEST: Final = 2
"""Messages in which two words have to follow each other, to be a sign."""
LEAST: Final = 4
"""Units: a sign that weighs less for every outcome is left out."""
_MOST: Final = 127


class Learned(NamedTuple):
    """Says what one message teaches. counts: how much, beside others"""

    signs: Signs
    place: int
    counts: float = 1.0


def learned_from(messages: Sequence[Learned]) -> Weights:
    """Returns the weights that messages teach."""
    seen = Counter(sign for one in messages for sign in one.signs)
    places = {sign: place for place, sign in enumerate(sorted(one for one, n in seen.items() if _counts(one, n)))}
    table = _table([one.signs for one in messages], places)
    wanted = np.zeros((len(messages), len(OUTCOMES)))
    wanted[np.arange(len(messages)), [one.place for one in messages]] = 1
    counts = np.array([[one.counts] for one in messages])
    found = _fitted(table, wanted, counts)
    whole = np.clip(np.rint(found / UNIT), -_MOST, _MOST).astype(int)
    kept = (one for one in places if one == BASE or np.abs(whole[places[one]]).max() >= LEAST)
    return Weights(OUTCOMES, {sign: tuple(int(one) for one in whole[places[sign]]) for sign in kept})


def _counts(sign: str, times: int) -> bool:
    return times >= FEWEST or not sign.startswith("pair ")


def _table(rows: Sequence[Signs], places: dict[str, int]) -> sparse.csr_matrix:
    known = [
        (row, places[sign], value) for row, one in enumerate(rows) for sign, value in one.items() if sign in places
    ]
    where, which, values = zip(*known, strict=True)
    return sparse.csr_matrix((values, (where, which)), shape=(len(rows), len(places)))


def _fitted(table: sparse.csr_matrix, wanted: Matrix, counts: Matrix) -> Matrix:
    """Returns the weights for which the outcomes of table's messages are likeliest, those of large weights less so."""
    turned = table.T.tocsr()
    shape = (table.shape[1], wanted.shape[1])

    def cost(flat: Matrix) -> tuple[float, Matrix]:
        weights = flat.reshape(shape)
        sums = table @ weights
        sums -= sums.max(axis=1, keepdims=True)
        shares = np.exp(sums)
        whole = shares.sum(axis=1, keepdims=True)
        likely = float((counts * wanted * (sums - np.log(whole))).sum())
        slope = turned @ ((shares / whole - wanted) * counts) + SHRINK * weights
        return SHRINK / 2 * float((weights * weights).sum()) - likely, slope.ravel()

    start = np.zeros(shape[0] * shape[1])
    done = minimize(cost, start, jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS, "maxcor": 6})
    found: Matrix = done.x.reshape(shape)
    return found


def place_of(kind: str, outcome: str | None) -> int:
    """Returns the place in OUTCOMES of what is to become of a message. outcome: None for one that is harmless"""
    if outcome == "stop":
        return OUTCOMES.index(kind if kind in KINDS else "live_work")
    if outcome == "refuse":
        return OUTCOMES.index(_REFUSED.get(kind, "refuse:off_topic"))
    return OUTCOMES.index("hand_over" if outcome == "hand_over" else _HARMLESS.get(kind, "other"))


def signs_and_places(files: Iterable[Path]) -> list[Learned]:
    """Returns the messages of files as `learned_from` takes them; each part of one that is not stopped is one, too."""
    return [one for file in files for some in signs_of_set(file) for one in some]


def signs_of_set(file: Path) -> list[list[Learned]]:
    """Returns for each message of a file what it teaches."""
    weigher, found = weigher_with(Weights(OUTCOMES, {})), list[list[Learned]]()
    of_set = 1.0 if "_batch_" in file.stem or "_corpus_" in file.stem else OF_FROZEN
    for message in yaml.load(file.read_text("utf-8"), Loader=SafeLoader):
        words, place = weigher.words_of(message["text"]), place_of(message["kind"], message.get("outcome"))
        parts = [words] if OUTCOMES[place] in KINDS else [words, *(part for part in parts_of(words) if part != words)]
        found.append([Learned(weigher.signs(one), place, (1.0 if one == words else OF_PART) * of_set) for one in parts])
    return found


def tuned_files() -> list[Path]:
    """Returns the files of messages from which may be learned, in their order."""
    return [one for one in sorted(MESSAGES.glob("*.yaml")) if not one.stem.endswith(HELD_OUT)]


def written(weights: Weights) -> str:
    """Returns what the file of weights holds."""
    rows = (f"{sign}\t{array('b', weights.by_sign[sign]).tobytes().hex()}" for sign in sorted(weights.by_sign))
    return "\n".join(["\t".join(weights.names), *rows]) + "\n"


def main(arguments: Sequence[str]) -> int:
    """Writes the weights; returns the exit code."""
    refuse_arguments("generate_coach_weights", __doc__, arguments)
    WEIGHTS.write_text(written(learned_from(signs_and_places(tuned_files()))), "utf-8")
    return 0
