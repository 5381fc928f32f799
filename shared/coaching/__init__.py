"""Coaches learners on WhatsApp: takes in what they write, answers in its order, and says nothing else.

Public: nothing.
"""
