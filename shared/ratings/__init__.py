"""Rates skills: ratings, rules, trends, discrepancies, profiles, readiness, recalculation.

Public: api, contract, domain.contexts, domain.discrepancy, domain.early_warning, domain.explanation, domain.gaps,
domain.in_contexts, domain.projection, domain.readiness, domain.retention, domain.skill_rating,
domain.skills_together, domain.weights, domain.what_if, messages, records, team_contract, usecases.count_likely_ready,
usecases.employee_state, usecases.list_people, usecases.project_person, usecases.recalculate, usecases.show_profile.
"""
