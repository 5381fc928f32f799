"""Describes what was observed: bodies of events, their meaning, the entries of a state.

Public: contract, domain.effective_entries, domain.entry, domain.event_filter, domain.observation, domain.older_entry,
domain.peoples_sources, domain.public_id, domain.same_call, domain.waiting, messages, records, state_records,
usecases.interpret, voids, wire.context_fields, wire.sent_event, wire.sent_observation.
"""
