"""Names why a person looks at what chance has chosen."""

SAMPLE = "sample"
"""The reason of a review that chance has chosen."""
