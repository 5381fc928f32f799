"""Says to push services who we are: VAPID, RFC 8292.

The key is derived from the secret web-push-key, so that any random text is one: ./scripts/deploy makes it up for a new
deployment, an embedded platform in its folder. Browsers subscribe for this key: with another secret all devices have
to be turned on again.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from infra.vendors.web_push.sealing import point_of

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the group on P-256 (SEC 2, 2.4.2)."""
LASTS: Final = timedelta(hours=12)
"""RFC 8292 allows a day, and clocks differ."""


class Vapid:
    """Signs for one organisation. secret: reads any random text; contact: mailto: or https:, for who runs a service"""

    def __init__(self, secret: Callable[[], str], contact: str) -> None:
        self._secret = secret
        self.contact = contact

    @cached_property
    def key(self) -> str:
        """Returns the public key, as browsers take it: base64url without padding."""
        return urlsafe_b64encode(point_of(self._private)).decode().rstrip("=")

    def authorization(self, endpoint: str, now: datetime) -> str:
        """Returns the header with which a push service lets us in."""
        import jwt

        parts = urlsplit(endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int((now + LASTS).timestamp()),
            "sub": self.contact,
        }
        return f"vapid t={jwt.encode(claims, self._private, 'ES256')}, k={self.key}"

    @cached_property
    def _private(self) -> EllipticCurvePrivateKey:
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        # 128 bits more than the order has: so no key is likelier than another (FIPS 186-5, A.2.1).
        drawn = HKDF(SHA256(), 48, None, b"augment web push").derive(self._secret().encode())
        return ec.derive_private_key(int.from_bytes(drawn, "big") % (ORDER - 1) + 1, ec.SECP256R1())
