"""Teaches in minutes a day: lessons, quick checks, recall, the feed, mastery, enrolment, milestones, who needs help.

Public: api, contract, enrolment_api, enrolment_contract, enrolment_records, messages, progress_contract,
usecases.go_on, usecases.learners, usecases.list_lessons, usecases.open_feed, usecases.own_answers,
usecases.show_mastery, usecases.take_answers, usecases.tell_day.
"""
