"""Teaches in minutes a day: lessons, quick checks, recall, the feed, mastery, enrolment, milestones, who needs help.

Public: api, enrolment_api, enrolment_contract, messages.
"""
