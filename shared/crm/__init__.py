"""Follows a CRM: what it reports is a hint, what it holds is the truth, and that is told on as deals.

Public: api, edges.by_path, edges.outbound_messages, messages, wire.change_event.
"""
