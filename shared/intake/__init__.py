"""Accepts events: the ledger, the states, the answers, and reconciliation.

Public: api, contract, records, usecases.accept_event, usecases.show_history, usecases.take_in.
"""
