"""A demonstration organisation, and how it is fed to a running platform through its real functions."""

from infra.demonstration.feeding import Fed, feed
from infra.demonstration.organisation import Event, Organisation, Person

__all__ = ["Event", "Fed", "Organisation", "Person", "feed"]
