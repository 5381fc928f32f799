"""Takes a call from its discovery to what it says of a person; takes in e-mail threads.

Public: api, contract, messages, usecases.call_sight, usecases.list_calls, usecases.reanalyse_call,
usecases.tell_of_call, usecases.transcript_door.
"""
