"""Says what every answer tells the browser, and checks where a form comes from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from werkzeug import Request, Response

from shared.kernel.errors import Forbidden

GOOGLE = "https://accounts.google.com"
MOST_FORM_BYTES = 200_000


class ForeignResponse(Response):
    """Answers with HTML that is not a page of ours: its styles are its own, and it may load and send nothing."""


APP_POLICY: Final = (
    "style-src 'self'",
    "script-src 'self'",
    "img-src 'self' blob:",
    "media-src 'self' blob:",
    "connect-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "form-action 'self'",
)
"""Of an application in the browser: it asks us alone, shows what it has recorded itself, and may be installed."""


def protect(response: Response, *, secure: bool, leaves_to: str = "", asks: bool = False) -> Response:
    """Adds the security headers of a page.

    leaves_to: an origin that a form of this page may lead to; asks: its script asks us
    """
    ours = (
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        *(["connect-src 'self'"] if asks else []),
        f"form-action 'self' {leaves_to}".strip(),
    )
    foreign = ("style-src 'unsafe-inline'", "form-action 'none'")
    return _protected(response, foreign if isinstance(response, ForeignResponse) else ours, (), secure)


def protect_app(response: Response, *, secure: bool) -> Response:
    """Adds the security headers of an application in the browser, which may ask for the camera and the microphone."""
    return _protected(response, APP_POLICY, ("camera", "microphone"), secure)


def _protected(response: Response, policy: Sequence[str], devices: Sequence[str], secure: bool) -> Response:
    headers = response.headers
    headers["Content-Security-Policy"] = "; ".join(
        ("default-src 'none'", *policy, "base-uri 'none'", "frame-ancestors 'none'")
    )
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "same-origin"
    features = ("camera", "geolocation", "microphone", "payment", "usb")
    headers["Permissions-Policy"] = ", ".join(f"{one}=({'self' if one in devices else ''})" for one in features)
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers.setdefault("Cache-Control", "no-store")
    if secure:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return response


def check_origin(request: Request, public_url: str | None) -> None:
    """Raises Forbidden unless the browser says that a form was sent from our own pages.

    public_url: the portal's one address; None accepts the host that was asked (an embedded runtime on localhost).
    """
    origin = request.headers.get("Origin") or request.headers.get("Referer") or ""
    try:
        parts = urlsplit(origin)
    except ValueError:
        parts = urlsplit("")
    if public_url is not None:
        ours = urlsplit(public_url)
        fits = (parts.scheme, parts.netloc) == (ours.scheme, ours.netloc)
    else:
        fits = parts.scheme in {"http", "https"} and parts.netloc == request.host
    if not fits:
        raise Forbidden("the form was not sent from this site; open the page again and repeat it", field="Origin")


def local_address(address: str | None) -> str:
    """Returns an address to go on to, if it is our own, else the start. Never another site (no open redirect)."""
    if not address or not address.startswith("/") or address.startswith("//") or "\\" in address:
        return "/"
    if any(ord(letter) < 0x21 or ord(letter) == 0x7F for letter in address):
        return "/"
    return address
