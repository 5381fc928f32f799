"""Describes frameworks (competencies, dimensions, rules, scenarios) and holds all parameters in force.

Public: contract, domain.assessment_plan, domain.framework, domain.framework_index, domain.parameters, domain.phrases,
domain.published_parameters, domain.review_settings, domain.standard, domain.standard_candidate,
domain.standard_checks, domain.standard_comparison, domain.standard_defect, domain.unknown_values, messages,
plan_records, records, standard_records, usecases.configuration, usecases.framework_file, wire.standard_record.
"""
