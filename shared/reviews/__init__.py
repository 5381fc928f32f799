"""Asks people about scores: queue, decisions, contests, certificates.

Public: api, contract, domain.review, usecases.read_review, usecases.review_words.
"""
