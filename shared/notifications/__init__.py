"""Carries what people are told beyond the portal: e-mail and Slack, by their own choice, once each.

Public: api, contract, domain.channels, domain.invitation_link, domain.kept_mail, domain.letter, domain.one_click,
domain.push_services, domain.telling, domain.timing, messages, ports.channel, records.
"""
