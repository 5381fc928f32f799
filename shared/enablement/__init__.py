"""Prepares people for what comes next: assignments just in time for a meeting, and their completion.

Public: api, contract, domain.content, messages, records, usecases.assign_deal, usecases.record_outcome,
usecases.release_deal.
"""
