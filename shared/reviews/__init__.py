"""Asks people about scores: queue, decisions, contests, certificates.

Public: api, contract, domain.review_state, messages, records, usecases.follow_decision, usecases.read_review,
usecases.review_words, usecases.show_reviews.
"""
