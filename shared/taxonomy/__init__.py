"""Administers skills and rules, previews changes, and decides words that no framework knows.

Public: api, contract, plan_contract, standard_contract, usecases.decide_unmapped, usecases.follow_publication,
usecases.preview_change.
"""
