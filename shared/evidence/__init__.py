"""Keeps what learners and those beside them bring of their work, as it came; records what they saw and verified.

Public: api, domain.evidence_kind, usecases.take_evidence.
"""
