"""Chooses an intent in a language model's place where a coach asks for one; everything else another answerer takes.

It knows a handful of sayings that the coach's own rules do not, so that a difference can be seen. It reads nothing as a
model does, and does not pretend to.
"""

from __future__ import annotations

import json
from typing import Final

from infra.demonstration.messages_interface import Answerer
from infra.demonstration.messages_payloads import MessageRequest
from shared.kernel.json_values import JsonObject

SAYINGS: Final = (
    ("crack on", "whats_next"),
    ("grill me", "quiz_me"),
    ("bamboozled", "explain"),
    ("look at this beauty", "log_evidence"),
    ("how am i shaping up", "progress"),
    ("the gaffer", "talk_to_mentor"),
    ("who on earth are you", "help"),
    ("premier league", "refuse:off_topic"),
)


class IntentAnswerer:
    """Answers where an intent is asked for. on: while it is not, it chooses nothing, and the rules' answer stands"""

    def __init__(self, otherwise: Answerer) -> None:
        self.on = True
        self.asked = 0
        self._otherwise = otherwise

    def __call__(self, request: MessageRequest) -> JsonObject:
        """Returns an answer of the form that the request asks for."""
        form = request["output_config"]["format"]
        properties = {} if form is None else form["schema"].get("properties", {})
        if "intent" not in properties:
            return self._otherwise(request)
        self.asked += 1
        return {"intent": self._chosen(request["messages"][0]["content"]) if self.on else ""}

    @staticmethod
    def _chosen(said: object) -> str:
        try:
            words = str(json.loads(str(said))["message"]).casefold()
        except (ValueError, KeyError, TypeError):
            return ""
        return next((intent for saying, intent in SAYINGS if saying in words), "refuse:off_topic")
