"""Declares the platform once: what Terraform, the embedded runtime, the wiring, the documents and the tests read."""
