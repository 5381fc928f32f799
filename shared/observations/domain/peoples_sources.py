"""Names the sources under which people beside a learner observe, which no machine may send.

A behaviour is the employer's to verify: a score of one from any other source is refused, whoever sends it.
"""

from __future__ import annotations

from typing import Final

MENTOR: Final = "mentor_observation"
"""Work that a mentor saw."""
EMPLOYER: Final = "employer_verification"
"""A behaviour that the employer verified."""
BY_PEOPLE: Final = frozenset({MENTOR, EMPLOYER})
"""Recorded by the platform for the person who is signed in, and by nobody else."""
BEHAVIOUR: Final = "behaviour"
"""The category of competencies that the employer alone verifies."""
