"""A person with a browser, without the browser: keeps cookies, reads forms, sends them as a browser would."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from werkzeug.test import Client, TestResponse

ORIGIN = "http://localhost"


class Anybody:
    """A demonstration in which one may choose anybody."""

    def __contains__(self, one: object) -> bool:
        return True


ANYBODY = Anybody()


class Person:
    def __init__(self, client: Client) -> None:
        self.client = client
        self.token = ""

    def sign_in(self, email: str) -> TestResponse:
        page = self.get("/sign-in")
        assert page.status_code == 200
        return self.post("/sign-in/demonstration", {"employee": email, "next": "/"}, follow=True)

    def get(self, address: str, **arguments: Any) -> TestResponse:
        return self._shown(self.client.get(address, **arguments))

    def post(
        self, address: str, form: dict[str, str], *, follow: bool = False, origin: str | None = ORIGIN
    ) -> TestResponse:
        headers = {"Origin": origin} if origin else {}
        data = {"token": self.token, **form}
        return self._shown(self.client.post(address, data=data, headers=headers, follow_redirects=follow))

    def text(self, address: str) -> str:
        """A page's visible words."""
        response = self.get(address)
        assert response.status_code == 200, (address, response.status_code, words(response)[:500])
        return words(response)

    def _shown(self, response: TestResponse) -> TestResponse:
        """Keeps the token of a page's forms."""
        page = response.get_data(as_text=True) if response.mimetype == "text/html" else ""
        found = re.search(r'name="token" value="([^"]+)"', page)
        if found:
            self.token = unescape(found[1])
        return response


def words(response: TestResponse) -> str:
    """The words of a page, without markup, spaces collapsed."""
    text = re.sub(r"<(script|style)[^>]*>.*?</\1>", " ", response.get_data(as_text=True), flags=re.DOTALL)
    text = re.sub(r"<wbr>|</?(?:code|time)\b[^>]*>", "", text)  # what stands in a sentence, and parts no word
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text))).strip()
