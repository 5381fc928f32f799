"""Keeps employees: records, imports, directory, reporting lines, and who is calling.

Public: aliases, api, contract, domain.name_search, domain.person_fields, domain.reporting_lines, domain.whereabouts,
messages, records, usecases.callers, usecases.open_profile, usecases.people_in_sight, usecases.place_in_framework,
usecases.whereabouts, usecases.worlds, usecases.write_employees.
"""
