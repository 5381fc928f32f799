"""Accepts events: the ledger, the states, the answers, and reconciliation.

Public: api, contract, records, usecases.accept_event, usecases.event_message, usecases.judged_events,
usecases.reconcile, usecases.take_in, usecases.void_event.
"""
