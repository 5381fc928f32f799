"""Carries what people are told beyond the portal: e-mail and Slack, by their own choice, once each.

Public: domain.letter, messages, ports.channel, ports.outbox.
"""
