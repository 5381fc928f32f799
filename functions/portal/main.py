"""Shows the web pages: readiness, people and profiles, activity, skills and rules, audit, health, repairs.

Triggers: requests of a browser; a session cookie after signing in.
Produces: HTML pages, `no-store`; static files under hashed addresses, kept for a year.
Errors:   4xx and 5xx are pages that say what to do next; 503 carries Retry-After.
"""

import os

from flask import Request
from werkzeug import Response

from functions.portal.shell.application import Portal
from infra.wiring.environment import Environment, environment
from infra.wiring.sign_in import sign_in


def portal(request: Request) -> Response:
    """Answers one request of a browser."""
    return environment().once(_made).respond(request)


def _made(on: Environment) -> Portal:
    return Portal(on, sign_in(on, os.environ))
