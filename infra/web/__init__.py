"""Speaks HTTP in the same way on Google Cloud and in the embedded platform: verifies callers, calls the platform."""
