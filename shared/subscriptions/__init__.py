"""Tells other systems of facts: webhooks per subscription, their deliveries and replay.

Public: api, contract, domain.address, messages, ports.receivers, usecases.facts.
"""
