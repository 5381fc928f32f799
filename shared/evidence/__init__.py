"""Keeps what people bring of their work as it came: photos, voices, notes, and what a mentor saw.

Public: nothing.
"""
