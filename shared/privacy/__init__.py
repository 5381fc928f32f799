"""Guards what people said: grants, escalations, first sight, erasure, anonymised samples.

Public: api, contract, domain.erasure, domain.transcript_ground, domain.visibility, messages, ports.reviews,
records.access, records.erasures, usecases.clean_database, usecases.escalations, usecases.first_sight,
usecases.open_transcript, usecases.transcript_grounds, usecases.whom_to_ask.
"""
