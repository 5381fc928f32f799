"""Coaches learners on WhatsApp: takes in what they write, answers in its order, and says nothing else.

Public: api, contract, domain.doubt, domain.hand_over, domain.inbound, domain.outbound, domain.replies, domain.safety,
domain.sending_errors, domain.templates, domain.weighing, edges.whatsapp_webhook, messages, ports.messenger,
usecases.hand_over, usecases.oversee, wire.whatsapp_messages.
"""
