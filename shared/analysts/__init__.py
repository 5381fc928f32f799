"""Scores conversations by a rubric, counting (`lexical`) or by a language model (`claude`), and measures agreement.

Public: claude.transcript_parts, domain.agreement, domain.rubric, domain.sample, lexical.analyst, lexical.side,
lexical.talk, ports.language_model, usecases.analyst, usecases.model_gate.
"""
