"""Invents an organisation, with half a year of practice and calls, and its vendors on loopback."""
