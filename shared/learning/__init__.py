"""Teaches in minutes a day: lessons, quick checks, recall, the feed, mastery, enrolment, milestones, who needs help.

Public: api, contract, enrolment_api, enrolment_contract, messages, progress_contract.
"""
