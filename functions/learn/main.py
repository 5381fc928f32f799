"""Shows learners their lessons in an app of the browser, and takes in what they answer and bring there.

Triggers: requests of a browser below /learn on the portal's host; the session is the portal's.
Produces: the app's files, clips that are kept for a year; JSON of the same routes as the API's.
Errors:   4xx problem details that name the field; 503 asks to send the same again.
"""

import os

from flask import Request
from werkzeug import Response

from functions.learn.application import LearnApp
from functions.learn.served import served
from infra.wiring.edges.every_path import answers_every_path
from infra.wiring.environment import Environment, environment
from infra.wiring.sign_in import sign_in


@answers_every_path
def learn(request: Request) -> Response:
    """Answers one request of a browser."""
    return environment().once(_made).respond(request)


def _made(on: Environment) -> LearnApp:
    return LearnApp(on, sign_in(on, os.environ), served(on))
