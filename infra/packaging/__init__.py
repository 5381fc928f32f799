"""Stages one deterministic zip per function: the plain import closure of its folder, and the packages which that needs.

`staging` makes the zips, `sources` reads modules, `lock` reads requirements.lock.
"""
