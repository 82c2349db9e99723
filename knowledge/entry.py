"""The schema of the knowledge base: an `Entry` is a `Procedure` or a `Faq`.

Seed files, revisions in the store, imports and the curators' editor all hold exactly these models, so a value that is
valid in one place is valid in all. A fact nobody knows is ``None`` or ``"unknown"``, never a guess.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

Confidence = Literal["high", "medium", "low"]
Review = Literal["none", "officer"]
Channel = Literal["in_person", "online", "post"]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Model):
    """Where a statement comes from.

    basis: `portal` (record of the national public-service portal), `law` (text of a legal document), `province`
    (told by the province), `unverified` (general knowledge nobody has compared with a document).
    checked_at: the day somebody or the import looked at it; None when unknown.
    """

    basis: Literal["portal", "law", "province", "unverified"]
    title: str
    url: str | None = None
    decision: str | None = None
    checked_at: date | None = None
    note: str | None = None


class LegalDocument(_Model):
    """A document of the legal basis, by its official number, e.g. ``123/2015/NĐ-CP``."""

    number: str
    title: str | None = None
    issued_on: date | None = None


class Paper(_Model):
    """One paper of the dossier. `condition` is None when everybody brings it."""

    name: str
    form: Literal["original", "copy", "certified_copy", "original_or_copy", "show", "electronic", "declare", "unknown"]
    copies: int | None = None
    condition: str | None = None
    note: str | None = None
    template: str | None = None


class Fee(_Model):
    """What it costs, in đồng.

    kind: `free` (the rule itself says so), `fixed` (one amount), `varies` (by case: see rule), `province` (set by the
    Provincial People's Council), `unknown`. A zero on the portal is not `free` unless the rule says so.
    amount_vnd: for `fixed`, or the ordinary case of `varies`.
    """

    kind: Literal["free", "fixed", "varies", "province", "unknown"]
    amount_vnd: int | None = Field(default=None, ge=0)
    rule: str | None = None
    exemptions: str | None = None

    @model_validator(mode="after")
    def _amount_fits_kind(self) -> Fee:
        if self.kind == "fixed" and not self.amount_vnd:
            raise ValueError("a fixed fee has an amount above zero")
        if self.kind in ("free", "unknown", "province") and self.amount_vnd:
            raise ValueError(f"a fee of kind {self.kind} has no amount")
        return self


class Duration(_Model):
    """How long the office takes: `number` of `unit`, counted from `counted_from`."""

    number: float | None = Field(default=None, gt=0)
    unit: Literal["hour", "working_hour", "day", "working_day", "month", "year", "session", "unknown"] = "unknown"
    counted_from: str | None = None
    rule: str | None = None


class Place(_Model):
    """Who decides and where one hands in, as of today; `before` is the authority until 30/6/2025."""

    authority: str
    level: Literal["commune", "province", "ministry", "several", "unknown"]
    where: str | None = None
    before: str | None = None


class Online(_Model):
    """level: `full` (whole way online), `partial`, `none`, `unknown`; `channels` one may hand in by."""

    level: Literal["full", "partial", "none", "unknown"]
    channels: tuple[Channel, ...] = ()
    where: str | None = None


class Deadline(_Model):
    """By when the citizen must act, and what happens afterwards (`late`)."""

    rule: str | None = None
    late: str | None = None


class _Common(_Model):
    id: str = Field(pattern=r"^(\d\.\d{6}|local-\d{3}|faq-[a-z0-9-]+)$")
    common_names: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    review: Review = "none"
    confidence: Confidence
    valid_from: date | None = None
    valid_until: date | None = None
    notes: str | None = None


class Procedure(_Common):
    """An administrative procedure. `title` is plain Vietnamese, `official_title` the portal's when it differs.

    origin: `seed` and `officer` entries are written; `import` entries are bare facts of the portal.
    sensitive: its name is never said when a dossier is looked up.
    """

    kind: Literal["procedure"] = "procedure"
    origin: Literal["seed", "officer", "import"] = "seed"
    title: str
    official_title: str | None = None
    field: str
    sensitive: bool = False
    summary: str | None = None
    who: str | None = None
    documents: tuple[Paper, ...] = ()
    documents_note: str | None = None
    fee: Fee
    time: Duration
    place: Place
    steps: tuple[str, ...] = ()
    conditions: str | None = None
    online: Online
    result: str | None = None
    deadline: Deadline | None = None
    forms: tuple[str, ...] = ()
    legal_basis: tuple[LegalDocument, ...] = ()
    decision: str | None = None
    related: tuple[str, ...] = ()

    @property
    def checked_at(self) -> date | None:
        """The most recent day one of the sources was checked; None when no day is known."""
        return _latest(self.sources)


class Faq(_Common):
    """A general question. `answer` may hold ``{placeholders}`` that the province profile fills."""

    kind: Literal["faq"] = "faq"
    topic: str
    title: str
    answer: str
    spoken: str | None = None
    legal_basis: tuple[LegalDocument, ...] = ()
    related: tuple[str, ...] = ()

    @property
    def checked_at(self) -> date | None:
        """The most recent day one of the sources was checked; None when no day is known."""
        return _latest(self.sources)


Entry = Annotated[Procedure | Faq, Field(discriminator="kind")]
ENTRY: TypeAdapter[Procedure | Faq] = TypeAdapter(Entry)


def _latest(sources: tuple[Source, ...]) -> date | None:
    return max((s.checked_at for s in sources if s.checked_at), default=None)
