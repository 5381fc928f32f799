"""Reads calls and e-mail threads from vendors' formats; keeps transcripts and what an analyst says of them.

Public: domain.amount_sizes, domain.analysis_version, domain.call_analysis, domain.call_name, domain.call_state,
domain.conversation, domain.cost, domain.customers, domain.deal_link, domain.home_domains, domain.participants,
domain.recorded_call, domain.sentences, domain.verbatim, domain.voices, ports.calls, records, usecases.call_settings,
usecases.deals_in_force, usecases.observed_calls, usecases.transcripts, wire.crm_context, wire.email_thread,
wire.gong_calls, wire.gong_json.
"""
