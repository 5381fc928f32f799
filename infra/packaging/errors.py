"""Says why a function cannot be packaged."""


class PackagingError(ValueError):
    """A function cannot be packaged; the message names the file and line, or what to do."""
