"""Writes mails: from a letter to a message with an HTML and a text part."""
