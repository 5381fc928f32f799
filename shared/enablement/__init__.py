"""Prepares people for what comes next: assignments just in time for a meeting, and their completion.

Public: api, contract, domain.content, messages.
"""
