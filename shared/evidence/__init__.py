"""Keeps what learners and those beside them bring of their work, as it came; records what they saw and verified.

Public: api, contract, domain.evidence_kind, domain.media, usecases.label_evidence, usecases.score_sheets,
usecases.take_evidence, usecases.tell_pieces.
"""
