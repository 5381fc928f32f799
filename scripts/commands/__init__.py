"""Holds what a person runs: one module per command, each with `main(arguments) -> exit status`.

The files beside this package start them: `./scripts/replay` runs `scripts.commands.replay`.
"""
