"""Describes frameworks (competencies, dimensions, rules, scenarios) and holds all parameters in force.

Public: contract, domain.framework, domain.framework_index, domain.parameters, domain.published_parameters,
domain.review_settings, domain.unknown_values, messages, records, usecases.configuration, usecases.framework_file.
"""
