"""Reads the form of a page as a browser would send it back."""

from __future__ import annotations

from html.parser import HTMLParser


class _Form(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._name = ""
        self._in_text = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        if tag == "input" and (given.get("type") not in ("hidden", "checkbox") or "checked" in given):
            self.fields[given["name"]] = given.get("value", "")
        elif tag in ("select", "textarea"):
            self._name, self._in_text = given["name"], tag == "textarea"
            self.fields[self._name] = ""
        elif tag == "option" and ("selected" in given or not self.fields[self._name]):
            self.fields[self._name] = given["value"]

    def handle_endtag(self, tag: str) -> None:
        self._in_text = self._in_text and tag != "textarea"

    def handle_data(self, data: str) -> None:
        if self._in_text:
            self.fields[self._name] += data


def read_form(page: str) -> dict[str, str]:
    """The fields of the one editing form of a page by name, without the token."""
    reader = _Form()
    reader.feed(page[page.index("<main") :])
    return reader.fields
