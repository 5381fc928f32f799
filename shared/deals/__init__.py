"""Knows deals as the CRM tells of them: who is assigned, the meetings, and how ready that person was then.

Public: contract, domain.deal, domain.deal_readiness, domain.risk, records, usecases.show_snapshot, wire.deal_words,
wire.salesforce_ids.
"""
