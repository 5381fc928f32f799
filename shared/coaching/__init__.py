"""Coaches learners on WhatsApp: takes in what they write, answers in its order, and says nothing else.

Public: domain.outbound, domain.replies, domain.safety, domain.sending_errors, edges.whatsapp_webhook, messages,
ports.messenger, wire.whatsapp_messages.
"""
