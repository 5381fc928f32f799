"""Teaches in minutes a day: lessons, quick checks, recall, the feed, mastery, enrolment, milestones, who needs help.

Public: nothing.
"""
