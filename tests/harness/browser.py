"""A person with a browser, without the browser: keeps cookies, reads forms, sends them as a browser would."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import urljoin

from werkzeug.test import Client, TestResponse

ORIGIN = "http://localhost"


class Person:
    def __init__(self, client: Client) -> None:
        self.client = client
        self.token = ""

    def sign_in(self, email: str) -> TestResponse:
        page = self.get("/sign-in")
        assert page.status_code == 200
        return self.post("/sign-in/demonstration", {"employee": email, "next": "/"}, follow=True)

    def get(self, address: str, **arguments: Any) -> TestResponse:
        response = self.client.get(address, **arguments)
        found = re.search(r'name="token" value="([^"]+)"', response.get_data(as_text=True))
        if found:
            self.token = unescape(found[1])
        return response

    def post(
        self, address: str, form: dict[str, str], *, follow: bool = False, origin: str | None = ORIGIN
    ) -> TestResponse:
        headers = {"Origin": origin} if origin else {}
        response = self.client.post(address, data={"token": self.token, **form}, headers=headers)
        while follow and response.status_code == 303:
            response = self.get(urljoin(ORIGIN, response.headers["Location"]))
        return response

    def text(self, address: str) -> str:
        """A page's visible words."""
        response = self.get(address)
        assert response.status_code == 200, (address, response.status_code, words(response)[:500])
        return words(response)


def words(response: TestResponse) -> str:
    """The words of a page, without markup, spaces collapsed."""
    text = re.sub(r"<(script|style)[^>]*>.*?</\1>", " ", response.get_data(as_text=True), flags=re.DOTALL)
    text = text.replace("<wbr>", "")  # where a word may break, it still is one
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text))).strip()
