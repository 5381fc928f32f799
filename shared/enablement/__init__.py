"""Prepares people for what comes next: assignments just in time for a meeting, and their completion.

Public: api, contract, domain.content, domain.pipeline, messages, pipeline_contract, records, usecases.assign_deal,
usecases.open_preparation, usecases.record_outcome, usecases.release_deal, usecases.show_pipeline.
"""
