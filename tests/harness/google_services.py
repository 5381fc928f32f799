"""Google around the functions: metadata, keys and minted tokens, the load balancer, Cloud Run's door."""

from __future__ import annotations

import http.client
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import jwt

from infra.gcp.ambient import SystemClock
from infra.local.identity import LocalIssuer
from infra.web.identity import GOOGLE_ISSUERS, VerifiedTokens
from shared.kernel.errors import Unauthenticated
from tests.harness.deployment import EVERYBODY, DeployedFunction, Deployment
from tests.harness.web import Asked, Told, serving

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

OF_METADATA = {"Metadata-Flavor": "Google", "Content-Type": "application/text"}
AS = "access-of:"
"""An access token here says whose it is."""
HOP_BY_HOP = frozenset({"connection", "transfer-encoding", "content-length", "date", "server"})


class GoogleServices:
    """What answers a function's own questions to Google."""

    def __init__(self, deployment: Deployment, issuer: LocalIssuer) -> None:
        self._deployment, self._issuer = deployment, issuer

    @contextmanager
    def hosts(self) -> Iterator[dict[str, str]]:
        """Google's hosts, each with its stand-in."""
        with serving(self._keys) as keys, serving(self._credentials) as credentials:
            yield {"www.googleapis.com": keys, "iamcredentials.googleapis.com": credentials}

    @contextmanager
    def metadata(self, account: str) -> Iterator[dict[str, str]]:
        """The metadata server of a function that runs as this account; the variables that name it."""
        with serving(lambda asked: self._of_instance(account, asked)) as url:
            yield dict.fromkeys(("GCE_METADATA_HOST", "GCE_METADATA_IP"), url.removeprefix("http://"))

    def token(self, account: str, audience: str) -> str:
        return self._issuer.token(account, audience, iss=GOOGLE_ISSUERS[0])[0]

    def _keys(self, asked: Asked) -> Told:
        key_id = jwt.get_unverified_header(self.token("nobody", "nobody"))["kid"]
        return Told({"keys": [self._issuer.key(key_id)]})

    def _credentials(self, asked: Asked) -> Told:
        found = re.fullmatch(r"/v1/projects/-/serviceAccounts/(.+):generateIdToken", asked.path)
        own = asked.headers.get("authorization", "").removeprefix(f"Bearer {AS}")
        if not found or not self._deployment.may_mint(own, found[1]):
            return Told({"error": {"status": "PERMISSION_DENIED"}}, 403)
        return Told({"token": self.token(found[1], asked.body["audience"])})

    def _of_instance(self, account: str, asked: Asked) -> Told:
        if asked.path.endswith("/identity"):
            return Told(self.token(account, asked.query["audience"]).encode(), headers=OF_METADATA)
        in_json = {**OF_METADATA, "Content-Type": "application/json"}
        if asked.path.endswith("/token"):
            value = {"access_token": f"{AS}{account}", "expires_in": 3600, "token_type": "Bearer"}
            return Told(value, headers=in_json)
        if "/service-accounts/" in asked.path:
            return Told({"email": account, "scopes": ["cloud-platform"], "aliases": ["default"]}, headers=in_json)
        said = {"project-id": self._deployment.project, "universe-domain": "googleapis.com"}
        return Told(said.get(asked.path.rpartition("/")[2].replace("_", "-"), "").encode(), headers=OF_METADATA)


class FrontDoor:
    """Who comes to a function: by the load balancer, by its address, or from Google's services inside the project."""

    def __init__(self, deployment: Deployment, issuer: LocalIssuer) -> None:
        self._deployment = deployment
        self._tokens = VerifiedTokens(dict.fromkeys(GOOGLE_ISSUERS, issuer), SystemClock())
        self.address_of: Callable[[str], str] = str

    def of_host(self, host: str) -> Callable[..., Any]:
        """The load balancer, for one of its hosts."""

        def answer(environ: WSGIEnvironment, start: StartResponse) -> list[bytes]:
            name = self._deployment.owner(host, environ["REQUEST_METHOD"], environ["PATH_INFO"])
            assert name is not None, "a host's last rule takes everything"
            return self._forward(self._deployment.functions[name], environ, start)

        return answer

    def outside(self, function: DeployedFunction) -> Callable[..., Any]:
        """A function's own address, as the internet and the functions themselves meet it."""

        def answer(environ: WSGIEnvironment, start: StartResponse) -> list[bytes]:
            if not function.reachable:
                return _short(start, "404 Not Found")
            return self._forward(function, environ, start)

        return answer

    def inside(self, environ: WSGIEnvironment, start: StartResponse) -> list[bytes]:
        """/<function>, as Pub/Sub, Cloud Tasks and the clock reach it."""
        name = environ["PATH_INFO"].strip("/")
        environ["PATH_INFO"] = environ["RAW_URI"] = environ["REQUEST_URI"] = "/"
        return self._forward(self._deployment.functions[name], environ, start)

    def _forward(self, function: DeployedFunction, environ: WSGIEnvironment, start: StartResponse) -> list[bytes]:
        headers = {
            key.removeprefix("HTTP_").replace("_", "-"): value
            for key, value in environ.items()
            if key.startswith("HTTP_")
        }
        if environ.get("CONTENT_TYPE"):
            headers["Content-Type"] = environ["CONTENT_TYPE"]
        if not self._may_invoke(function, headers.get("AUTHORIZATION", "")):
            return _short(start, "403 Forbidden")
        headers.pop("CONNECTION", None)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        connection = http.client.HTTPConnection(self.address_of(function.name), timeout=600)
        try:
            connection.request(environ["REQUEST_METHOD"], environ["REQUEST_URI"], body, headers)
            answer = connection.getresponse()
            content = answer.read()
            kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in HOP_BY_HOP]
            start(f"{answer.status} {answer.reason}", kept)
            return [content]
        finally:
            connection.close()

    def _may_invoke(self, function: DeployedFunction, authorization: str) -> bool:
        """Cloud Run's own check, before a function is asked."""
        if EVERYBODY in function.invokers:
            return True
        try:
            found = self._tokens.verify(authorization.removeprefix("Bearer "), audiences=(function.url,))
        except Unauthenticated:
            return False
        return found.email in function.invokers


def _short(start: StartResponse, status: str) -> list[bytes]:
    start(status, [("Content-Type", "text/plain")])
    return [status.encode()]
