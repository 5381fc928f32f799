"""Watches the platform: health, dead letters, quarantined input, replay, activity.

Public: api, contract, messages, usecases.activity, usecases.quarantined_input, usecases.waiting.
"""
