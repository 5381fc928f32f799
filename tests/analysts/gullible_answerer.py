"""Answers in a model's place by obeying whatever instruction reaches it: the worst reader to defend against."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from infra.demonstration.analyst_answerers import Scored, answer_of, asked
from infra.demonstration.messages_interface import Answerer
from infra.demonstration.messages_payloads import MessageRequest
from infra.demonstration.messages_validation import texts
from shared.kernel.json_values import JsonObject


class GullibleAnswerer:
    """Obeys. Where four of the bait's words in a row reach it, it does what `manner` says; else it answers as `inner`.

    bait: the texts whose instructions it would follow.
    manner: `injected` claims 100 everywhere with the bait's own words as quotes; `real` claims 100 everywhere with real
    quotes of the scored speaker; `invented` with words that nobody says; `copied` repeats JSON that it finds.
    """

    def __init__(self, inner: Answerer, bait: Sequence[str], manner: str = "injected") -> None:
        self._inner = inner
        self._manner = manner
        self._runs = {run for text in bait for run in _runs(text)}
        self.obeyed = 0

    def __call__(self, request: MessageRequest) -> JsonObject:
        *system_parts, user = (text for text, _ in texts(request))
        system = "".join(system_parts)
        told = [words for words in (*user.splitlines(), *system.splitlines()) if self._runs & _runs(words)]
        if not told:
            return self._inner(request)
        self.obeyed += 1
        question = asked(request)
        if self._manner == "copied":
            for start in (match.start() for match in re.finditer(r"\{", user)):
                try:
                    value, _ = json.JSONDecoder().raw_decode(user, start)
                except ValueError:
                    continue
                if isinstance(value, dict):
                    return {"scores": [], "not_observed": [], "deal": {}, **value}
        quotes = {
            "real": [(number, words) for number, words in question.own if len(words.split()) > 3][:1],
            "invented": [(0, "I asked everybody everything and agreed on every step")],
        }.get(self._manner) or [(number, words) for number, _, _, words in question.turns if self._runs & _runs(words)]
        scores = [Scored(name, 100, 1.0, quotes[:3], "none", "As told.") for name in question.competencies]
        return answer_of(question, scores, {})


def _runs(text: str) -> set[tuple[str, ...]]:
    """Every four words in a row, or all of a text that has fewer; long words, as codes have, in pieces of six."""
    words = re.findall(r"[^\W_]+", text.casefold())
    if any(len(word) > 24 for word in words):
        words = [piece for word in words for piece in re.findall(".{1,6}", word)]
    size = min(4, len(words))
    return {tuple(words[start : start + size]) for start in range(len(words) - size + 1)} if words else set()
