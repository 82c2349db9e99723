"""Rules about the figures of one entry: sources, fees, repealed documents, example questions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from knowledge.entry import Faq, Procedure
from knowledge.lint.finding import Finding, texts
from knowledge.text import deaccent, syllables
from knowledge.text_file import read_yaml

_FREE = re.compile(
    r"(?<!\w)(?:miễn phí|không (?:mất|thu|phải nộp|phải đóng|tốn) (?:lệ phí|phí|tiền)|(?<![\d.])0 đồng)(?!\w)",
    re.IGNORECASE,
)
_NOT_FREE = re.compile(
    r"(?<!\w)(?:không có nghĩa|chưa|có thể|tùy|nếu|khi|người|trẻ|hộ|trên mạng|trực tuyến|ghi|để)(?!\w)", re.IGNORECASE
)
_PORTAL_ONLY = re.compile(r"Cổng (?:\S+ ){0,4}(?:ghi|hiện|để) ")
_AMOUNT = re.compile(r"(?<![\d.,])(\d{1,3}(?:\.\d{3})+) ?(?:đồng|đ)(?!\w)")


class Repealed(BaseModel):
    """A document that another one replaced on a day, as the replacing document's final provisions say."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: str
    replaced_by: tuple[str, ...]
    since: str
    title: str


@lru_cache(maxsize=1)
def repealed_documents() -> dict[str, Repealed]:
    """The table of ``repealed.yml`` by number."""
    raw = read_yaml(Path(__file__).with_name("repealed.yml"))
    return {row["number"]: Repealed.model_validate(row) for row in raw}


def no_source(entry: Procedure | Faq) -> Iterator[Finding]:
    """An entry, or an officer's review, that nothing backs."""
    if not entry.sources:
        yield Finding(entry.id, "no-source", "sources", "")


def zero_as_free(entry: Procedure | Faq) -> Iterator[Finding]:
    """A fee called free without a rule that says so, or said to be free where the fee is not known.

    What only the portal shows is no such rule: it writes "miễn phí" where its record has a zero.
    """
    if not isinstance(entry, Procedure):
        return
    rule = entry.fee.rule or ""
    if entry.fee.kind == "free" and (not rule or _PORTAL_ONLY.match(rule)):
        yield Finding(entry.id, "zero-as-free", "fee.rule", rule)
    if entry.fee.kind in ("unknown", "province"):
        for path, text in texts(entry):
            match = _FREE.search(text)
            said = path in ("summary", "fee.rule", "notes", "title") or path.startswith("steps")
            if match and said and not _NOT_FREE.search(text):
                yield Finding(entry.id, "zero-as-free", path, match[0])


def repealed(entry: Procedure | Faq) -> Iterator[Finding]:
    """A document of the legal basis that is no longer in force."""
    for document in entry.legal_basis:
        if row := repealed_documents().get(document.number):
            by = ", ".join(row.replaced_by)
            yield Finding(entry.id, "repealed", "legal_basis", f"{row.number}, thay bằng {by}", "warning")


def repealed_in_text(entry: Procedure | Faq) -> Iterator[Finding]:
    """A repealed document that a text names as if it applied."""
    for path, text in texts(entry):
        if path.startswith("legal_basis") or re.search(r"(?<!\w)(?:thay|cũ|trước|hết hiệu lực|bãi bỏ)(?!\w)", text):
            continue
        for number, row in repealed_documents().items():
            if number in text and re.search(rf"(?<!\d){re.escape(number)}(?!\w)", text):
                by = ", ".join(row.replaced_by)
                yield Finding(entry.id, "repealed", path, f"{number}, thay bằng {by}")


def amounts_disagree(entry: Procedure | Faq) -> Iterator[Finding]:
    """A sum in steps or summary that is not one of the fee's own."""
    if not isinstance(entry, Procedure) or entry.fee.kind != "fixed":
        return
    ours = {entry.fee.amount_vnd, *amounts(f"{entry.fee.rule} {entry.fee.exemptions}")}
    for path, text in texts(entry):
        if path == "summary" or path.startswith("steps"):
            for amount in amounts(text) - ours:
                yield Finding(entry.id, "contradiction", path, f"{amount} đồng, mục lệ phí ghi {entry.fee.amount_vnd}")


def amounts(text: str) -> set[int]:
    """The sums in đồng that a text names."""
    return {int(amount.replace(".", "")) for amount in _AMOUNT.findall(text)}


def example_is_name(entry: Procedure | Faq) -> Iterator[Finding]:
    """An example question that only repeats a common name or the title."""
    names = {plain(name) for name in (entry.title, *entry.common_names)}
    for example in entry.examples:
        if plain(example) in names:
            yield Finding(entry.id, "example-is-name", "examples", example)


def plain(text: str) -> str:
    """The words of `text` without diacritics, for comparing."""
    return deaccent(" ".join(syllables(text)))
