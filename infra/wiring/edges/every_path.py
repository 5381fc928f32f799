"""Has a function answer every path by itself."""

from __future__ import annotations

from collections.abc import Callable

from flask import Request, current_app, has_app_context
from flask.typing import ResponseReturnValue


def answers_every_path(function: Callable[[Request], ResponseReturnValue]) -> Callable[[Request], ResponseReturnValue]:
    """Decorates a function whose answers are problem details whatever is asked.

    The framework's own rules match no path with a line break (`%0A`), and keep two for browsers; what they do not match
    would be answered with its HTML page.
    """
    if has_app_context():  # the framework loads a function's module within its application
        from flask import request

        current_app.register_error_handler(404, lambda _: function(request))
    return function
