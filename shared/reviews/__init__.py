"""Asks people about scores: queue, decisions, contests, certificates.

Public: api, contract, domain.review, messages, usecases.read_review, usecases.review_words, usecases.show_reviews.
"""
