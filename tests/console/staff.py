"""A member of staff at a browser: opens pages, fills in forms with the token that stands in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

from fastapi.testclient import TestClient
from httpx import Response

PASSWORD = "Mua xuân đến sớm 2026"
_TOKEN = re.compile(r'name="csrf" value="([^"]+)"')


@dataclass
class StaffBrowser:
    """One browser with its cookies."""

    http: TestClient
    csrf: str = ""

    def open(self, path: str) -> Response:
        """Open a page, following redirections."""
        return self._seen(self.http.get(path))

    def send(self, path: str, *, follow: bool = True, **fields: object) -> Response:
        """Send a form with the token of the last page."""
        return self._seen(self.http.post(path, data={"csrf": self.csrf, **fields}, follow_redirects=follow))

    def sign_in(self, name: str, password: str = PASSWORD, code: str = "", next_: str = "/console") -> Response:
        """Open the sign-in page and send it."""
        self.open("/console/sign-in")
        return self.send("/console/sign-in", name=name, password=password, code=code, next=next_)

    def _seen(self, response: Response) -> Response:
        token = _TOKEN.search(response.text)
        self.csrf = token[1] if token else self.csrf
        return response


def words(response: Response) -> str:
    """The text of a page without its tags."""
    body = response.text.split("<main", 1)[-1]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))
