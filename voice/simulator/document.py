"""Reads a TwiML document as strictly as a carrier should: unknown verbs, attributes, values and nesting are errors."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from knowledge.text_file import read_yaml

Place = Literal["call", "wait", "whisper"]
LONGEST_DOCUMENT = 64 * 1024
LONGEST_SAY = 3000
_RULES = {
    "int": re.compile(r"\d{1,5}"),
    "hints": re.compile(r"[^,]{1,100}(?:,[^,]{1,100}){0,499}"),
    "stream": re.compile(r"wss?://[^\s?]+"),
    "positive": re.compile(r"[1-9]\d{0,4}"),
    "ring": re.compile(r"[5-9]|[1-9]\d|[1-5]\d\d|600"),
    "number": re.compile(r"\+?\d{3,15}"),
    "voice": re.compile(
        r"man|woman|alice|(?:Google\.[a-z]{2,3}-[A-Z]{2}-(?:Standard|Wavenet|Neural2|Chirp3-HD)-\w+)|Polly\.\w+(?:-Neural)?"
    ),
    "keys": re.compile(r"[0-9#*w]+"),
    "rate": re.compile(r"x-slow|slow|medium|fast|x-fast|(?:[2-9]\d|1\d\d|200)%"),
    "queue": re.compile(r"\S(?:.{0,62}\S)?"),
    "auto_or_int": re.compile(r"auto|\d{1,3}"),
    "bool": re.compile(r"true|false"),
    "method": re.compile(r"GET|POST"),
    "url": re.compile(r"(?:https?://|wss://|/)\S+"),
    "finish": re.compile(r"[0-9#*]?"),
    "finishes": re.compile(r"[0-9#*]*"),
    "language": re.compile(r"[a-z]{2,3}-[A-Z]{2}"),
    "input": re.compile(r"dtmf|speech|dtmf speech|speech dtmf"),
    "text": re.compile(r"[^\x00-\x08]*"),
}


class InvalidTwimlError(ValueError):
    """What a carrier would refuse in a document."""


def read(document: str, place: Place = "call", carrier: str = "twilio") -> list[ET.Element]:
    """The verbs of a document, in order; raises `InvalidTwimlError` saying what is wrong."""
    if len(document.encode()) > LONGEST_DOCUMENT:
        raise InvalidTwimlError("the document is longer than 64 KB")
    try:
        root = ET.fromstring(document)  # noqa: S314
    except ET.ParseError as error:
        raise InvalidTwimlError(f"not XML: {error}") from error
    if root.tag != "Response":
        raise InvalidTwimlError(f"the root is {root.tag}, not Response")
    for verb in root:
        if verb.tag not in _table()["places"][place]:
            raise InvalidTwimlError(f"{verb.tag} may not stand in a document for {place}")
    for verb, after in pairwise(root):
        if verb.tag in _table()["last"]:
            raise InvalidTwimlError(f"{after.tag} is never reached after {verb.tag}")
    _check(root, carrier)
    return list(root)


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    loaded: dict[str, Any] = read_yaml(Path(__file__).with_name("verbs.yml"))
    return loaded


def _check(element: ET.Element, carrier: str) -> None:
    known = _table()["verbs"].get(element.tag)
    if known is None or (carrier == "somleng" and element.tag in _table()["somleng"]["unknown"]):
        raise InvalidTwimlError(f"no verb is called {element.tag}")
    for name, value in element.attrib.items():
        _check_attribute(element.tag, name, value, known["attributes"], carrier)
    _check_text(element, known.get("text"))
    for child in element:
        if (child.tail or "").strip() and not known.get("text"):
            raise InvalidTwimlError(f"{element.tag} holds no text")
        if child.tag not in known["inside"]:
            raise InvalidTwimlError(f"{child.tag} may not stand in {element.tag}")
        _check(child, carrier)
    _check_together(element)


def _check_text(element: ET.Element, rule: str | bool | None) -> None:
    """A verb without a rule holds no text, and one with a named rule nothing else; needed parts are there."""
    text = (element.text or "").strip()
    if text and not rule:
        raise InvalidTwimlError(f"{element.tag} holds no text")
    if isinstance(rule, str) and text and not _RULES[rule].fullmatch(text):
        raise InvalidTwimlError(f"{text!r} in {element.tag} is not {rule}")
    for name in _table()["needed"].get(element.tag, ()):
        if name not in element.attrib and element.find(name) is None:
            raise InvalidTwimlError(f"{element.tag} needs {name}")


def _check_attribute(verb: str, name: str, value: str, known: dict[str, Any], carrier: str) -> None:
    if name not in known or (carrier == "somleng" and name not in _table()["somleng"].get(verb, [name])):
        raise InvalidTwimlError(f"{verb} has no attribute {name}")
    rule = known[name]
    fits = value in rule if isinstance(rule, list) else _RULES[rule].fullmatch(value) is not None
    if not fits:
        raise InvalidTwimlError(f"{verb} {name}={value!r} is not {rule}")


def _check_together(element: ET.Element) -> None:
    """Rules between attributes, and on what an element says."""
    get = element.attrib.get
    if element.tag == "Gather":
        if get("speechTimeout") == "auto" and get("speechModel", "default") == "default":
            raise InvalidTwimlError("13335: speechTimeout=auto needs another speechModel")
        if "speech" not in get("input", "dtmf") and {"hints", "speechTimeout", "speechModel"} & set(element.attrib):
            raise InvalidTwimlError("speech is described in a Gather that does not listen to it")
    if element.tag == "Say" and len("".join(element.itertext())) > LONGEST_SAY:
        raise InvalidTwimlError("Say holds more than 3000 characters")
    if element.tag == "Dial" and element.find("Queue") is not None and len(element) > 1:
        raise InvalidTwimlError("a queue is dialled alone")
    if element.tag == "Connect" and len(element) != 1:
        raise InvalidTwimlError("Connect joins the call to one thing")
    if element.tag in ("Say", "Redirect", "Number", "Queue", "Enqueue") and not "".join(element.itertext()).strip():
        raise InvalidTwimlError(f"{element.tag} is empty")
    if element.tag == "Dial" and not len(element) and not (element.text or "").strip():
        raise InvalidTwimlError("Dial has nobody to call")
