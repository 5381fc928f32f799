"""Tells other systems of facts: webhooks per subscription, their deliveries and replay.

Public: api, domain.address, messages, ports.receivers, usecases.facts.
"""
