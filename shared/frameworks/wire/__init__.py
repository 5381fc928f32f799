"""Reads frameworks as others publish them."""
