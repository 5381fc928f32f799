"""Describes what was observed: bodies of events, their meaning, the entries of a state.

Public: contract, domain.effective_entries, domain.entry, domain.event_filter, domain.observation, domain.public_id,
domain.waiting, early_voids, messages, records, usecases.interpret, wire.context_fields, wire.sent_observation.
"""
