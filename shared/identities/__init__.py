"""Gives people other ids, and makes one person of two records.

Public: api, contract, messages, records.
"""
