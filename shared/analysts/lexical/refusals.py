"""Knows what customers say who are not won over, beside the no that `lexicon.REFUSED` finds."""

from __future__ import annotations

import re

UNMOVED = re.compile(
    r"\bnot what (?:i|we) (?:asked|meant|said)\b"
    r"|\b(?:does not|doesn't|did not|didn't) (?:really )?(?:answer|help|address)\b"
    r"|\b(?:i|we) (?:do not|don't) (?:like|buy|believe) (?:this|that|it|you)\b"
    r"|\bthat(?:'s| is) (?:rude|no answer|unfair)\b",
    re.IGNORECASE,
)
"""The objection stands after the answer."""

CONTRADICTED = re.compile(
    r"(?<!\s)\s*(?:(?:well|um|uh|oh|sorry|honestly|actually|look|but|hm)[,.!…]*\s+){0,3}"
    r"(?:no[,.]? (?:it|that|they|you|we) (?:does|do|did|will|would|is|are|was|can)(?: not|n't)"
    r"|(?:that|it)(?:'s| is) (?:simply |just )?(?:not (?:true|so|what we)|wrong|nonsense)"
    r"|(?:i|we) (?:measured|tried) it and)\b",
    re.IGNORECASE,
)
"""What was stated is not so."""

CALLED_OFF = re.compile(
    r"\bon second thoughts?\b|\bcall (?:it|the whole thing) off\b"
    r"|\b(?:let's|let us|we(?:'ll| will)|i(?:'ll| will)) (?:just )?(?:leave|drop|forget|cancel) (?:it|that|this)\b"
    r"(?! (?:to|with|for|at|on|until|till|here|there|open))"
    r"|\b(?:we|i)(?:'re| are|'m| am) not (?:going (?:ahead|forward)|interested any ?more|buying)\b"
    r"|\b(?:i|we)(?:'ve| have)? changed (?:my|our) minds?\b",
    re.IGNORECASE,
)
"""What was agreed is taken back."""
