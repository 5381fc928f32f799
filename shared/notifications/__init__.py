"""Carries what people are told beyond the portal: e-mail and Slack, by their own choice, once each.

Public: domain.kept_mail, domain.letter, domain.telling, messages, ports.channel.
"""
