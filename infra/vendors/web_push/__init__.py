"""Writes and sends push messages to browsers (RFC 8030, RFC 8291, RFC 8292)."""
