"""Says one aspect of one entry: the asked field, its conditions, and where the figure comes from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from knowledge.catalogue import collected_in
from knowledge.entry import Faq, Paper, Procedure
from knowledge.places.tables import CHECKED_ON
from knowledge.province import LocalFee, Profile, fill
from knowledge.vocabulary import Aspect, Button, Citation, Message
from knowledge.wording import join, money, month, quantity, sentence, words


@dataclass(frozen=True, slots=True)
class Said:
    """What one aspect sounds like: written, spoken, and whether the entry knew anything to say."""

    text: str
    spoken: str
    known: bool = True


def message(entry: Procedure | Faq, aspect: Aspect | None, profile: Profile, *, caveat: bool = True) -> Message:
    """The message that answers `aspect` of `entry`, with its sources and the next aspects as buttons.

    caveat: whether to add who has and has not checked it; false when this conversation has heard it already.
    """
    if isinstance(entry, Faq):
        return _faq(entry, profile, caveat=caveat)
    asked: Aspect = aspect or "overview"
    said = _ASPECTS[asked](entry, profile)
    warning = caveat_of(entry) if caveat and said.known else ""
    buttons = tuple(_button(entry, a) for a in words()["next_aspects"][asked] if _has(entry, a, profile))
    if not said.known:
        buttons = (*buttons, Button(words()["buttons"]["human"], "/human"))
    return Message(
        text=join(said.text, warning),
        spoken=" ".join(part for part in (said.spoken, warning) if part),
        entry_ids=(entry.id,),
        aspect=asked,
        buttons=buttons,
        sources=_cited(entry, profile, asked in ("fee", "overview") and _local_fee(entry, profile) is not None),
    )


def _faq(entry: Faq, profile: Profile, *, caveat: bool) -> Message:
    text = fill(entry.answer, profile)
    warning = caveat_of(entry) if caveat else ""
    spoken = fill(entry.spoken, profile) if entry.spoken else text
    sources = _cited(entry, profile, text != entry.answer)
    return Message(join(text, warning), " ".join(p for p in (spoken, warning) if p), (entry.id,), sources=sources)


def _cited(entry: Procedure | Faq, profile: Profile, local: bool) -> tuple[Citation, ...]:
    """The citation of `entry`, and that of the profile when it says part of the answer."""
    return (cite(entry), cite_profile(profile)) if local else (cite(entry),)


def cite(entry: Procedure | Faq) -> Citation:
    """The citation shown under an answer from `entry`."""
    url = next((source.url for source in entry.sources if source.url), None)
    decision = entry.decision if isinstance(entry, Procedure) else None
    basis = tuple(document.number for document in entry.legal_basis)
    return Citation(entry.kind, entry.id, entry.title, url, basis, decision, entry.checked_at, entry.review)


def cite_profile(profile: Profile) -> Citation:
    """The citation of what only the province's profile says: hours, addresses, local fees."""
    title = words()["source"]["profile"].format(province=profile.name)
    return Citation("province", profile.dossier_code, title, None, (), None, profile.checked_at, profile.review)


def cite_places() -> Citation:
    """The citation of where a place of before 1/7/2025 belongs today."""
    return Citation("places", "places", words()["source"]["places"], None, (), None, CHECKED_ON, "none")


def caveat_of(entry: Procedure | Faq) -> str:
    """Who has checked what `entry` says; empty once an officer of the province has."""
    if entry.review == "officer":
        return ""
    if isinstance(entry, Procedure) and entry.origin == "import":
        taken = entry.checked_at
        told = words()["caveat"]["imported" if taken else "imported_undated"]
        return str(told.format(month=taken and collected_in(taken)))
    bases = {source.basis for source in entry.sources}
    if "portal" in bases:
        checked = entry.checked_at
        if checked is None:
            return str(words()["caveat"]["portal_undated"])
        return str(words()["caveat"]["portal"].format(month=month(checked)))
    return str(words()["caveat"]["law" if "law" in bases else "unverified"])


def profile_caveat(profile: Profile) -> str:
    """Who has checked what only the profile says; empty once an officer of the province has."""
    return "" if profile.review == "officer" else str(words()["caveat"]["profile"].format(province=profile.name))


def _button(entry: Procedure, aspect: Aspect) -> Button:
    return Button(words()["aspect_titles"][aspect], f'/ask{{"entry":"{entry.id}","aspect":"{aspect}"}}')


def _has(entry: Procedure, aspect: Aspect, profile: Profile) -> bool:
    return _ASPECTS[aspect](entry, profile).known


def _procedure(entry: Procedure) -> str:
    """“thủ tục” and the title, which may begin with these words itself."""
    title = entry.title
    return title[:1].lower() + title[1:] if title.lower().startswith("thủ tục ") else f"thủ tục {title}"


def _plain(text: str) -> Said:
    return Said(text, text.replace("\n- ", "; ").replace("\n", " "))


def _unknown(entry: Procedure, aspect: Aspect) -> Said:
    title = words()["aspect_titles"][aspect].lower()
    text = words()["unknown_aspect"].format(aspect=title, procedure=_procedure(entry))
    return Said(join(text, words()["person_offer"]), f"{text} {words()['person_offer']}", known=False)


def _documents(entry: Procedure, profile: Profile) -> Said:
    w = words()["documents"]
    if not entry.documents:
        return _plain(sentence(entry.documents_note)) if entry.documents_note else _unknown(entry, "documents")
    always = [_paper(p) for p in entry.documents if not p.condition]
    sometimes = [_paper(p) for p in entry.documents if p.condition]
    lines = [w["head"].format(title=entry.title)] if always else []
    lines += [f"- {line}" for line in always]
    lines += [w["if_needed"], *(f"- {line}" for line in sometimes)] if sometimes else []
    names = ", ".join(p.name for p in entry.documents if not p.condition)
    spoken = f"{w['spoken'].format(title=entry.title, count=len(always) or len(sometimes))} {names}."
    return Said(join(*lines, entry.documents_note), spoken)


def _paper(paper: Paper) -> str:
    form = words()["paper_forms"][paper.form]
    if paper.copies and form and paper.form not in ("show", "declare"):
        form = f"{paper.copies} {form}"
    line = f"{paper.name} ({form})" if form else paper.name
    line += f" – {paper.condition}" if paper.condition else ""
    return f"{line}. {sentence(paper.note)}" if paper.note else line


def _fee(entry: Procedure, profile: Profile) -> Said:
    w, fee, local = words()["fee"], entry.fee, _local_fee(entry, profile)
    values: dict[str, Any] = {"title": entry.title, "province": profile.name}
    if local is not None:
        head = w["province_known"].format(amount=money(local.amount_vnd), **values)
        return _plain(join(head, local.note, fee.rule, _exemptions(entry)))
    head = w[_fee_head(entry)].format(amount=money(fee.amount_vnd or 0), **values)
    ask = w["ask_office"] if fee.kind in ("province", "unknown") else None
    return _plain(join(head, sentence(fee.rule or ""), _exemptions(entry), ask))


def _fee_head(entry: Procedure) -> str:
    """The headline of a fee. "Free" is said outright only where a document, the province or an officer says so."""
    fee = entry.fee
    if fee.kind == "varies" and fee.amount_vnd:
        return "varies_amount"
    confirmed = entry.review == "officer" or {"law", "province"} & {source.basis for source in entry.sources}
    return "free_unconfirmed" if fee.kind == "free" and not confirmed else fee.kind


def _local_fee(entry: Procedure, profile: Profile) -> LocalFee | None:
    return profile.fees.get(entry.id) if entry.fee.kind in ("province", "unknown") else None


def _exemptions(entry: Procedure) -> str | None:
    return words()["fee"]["exemptions"].format(text=sentence(entry.fee.exemptions)) if entry.fee.exemptions else None


def _time(entry: Procedure, profile: Profile) -> Said:
    w, time = words()["time"], entry.time
    if time.number is None or time.unit == "unknown":
        head = w["unknown"].format(title=entry.title)
        return _plain(join(head if not time.rule else f"{entry.title}:", sentence(time.rule or "")))
    counted = w["counted"].format(text=time.counted_from) if time.counted_from else ""
    unit = words()["units"][time.unit]
    head = w["known"].format(title=entry.title, number=quantity(time.number), unit=unit, counted=counted)
    return _plain(join(head, sentence(time.rule or "")))


def _place(entry: Procedure, profile: Profile) -> Said:
    w, place = words()["place"], entry.place
    head = w["text"].format(title=entry.title, authority=place.authority)
    where = w["where"].format(text=sentence(place.where)) if place.where else None
    return _plain(join(head, where))


def _online(entry: Procedure, profile: Profile) -> Said:
    w, online = words()["online"], entry.online
    ways = ", ".join(words()["channels"][channel] for channel in online.channels)
    head = w[online.level].format(title=entry.title)
    return _plain(join(head, sentence(online.where or ""), w["channels"].format(text=ways) if ways else None))


def _steps(entry: Procedure, profile: Profile) -> Said:
    if not entry.steps:
        return _unknown(entry, "steps")
    lines = [f"{number}. {sentence(step)}" for number, step in enumerate(entry.steps, start=1)]
    return _plain(join(words()["steps"].format(title=entry.title), *lines))


def _overview(entry: Procedure, profile: Profile) -> Said:
    always = [p for p in entry.documents if not p.condition]
    papers = words()["overview"]["papers"].format(count=len(always)) if always else None
    parts = (_first_line(_fee(entry, profile)), _first_line(_time(entry, profile)), _first_line(_place(entry, profile)))
    facts = [sentence(part.removeprefix(f"{entry.title}:")) for part in parts]
    head = sentence(entry.summary) if entry.summary else f"{entry.title}."
    return _plain(join(head, *(f"- {fact}" for fact in (papers, *facts) if fact)))


def _first_line(said: Said) -> str:
    return said.text.split("\n", 1)[0]


def _conditions(entry: Procedure, profile: Profile) -> Said:
    return _plain(f"{entry.title}: {sentence(entry.conditions)}") if entry.conditions else _unknown(entry, "conditions")


def _result(entry: Procedure, profile: Profile) -> Said:
    if not entry.result:
        return _unknown(entry, "result")
    return _plain(words()["result"].format(title=entry.title, text=entry.result.rstrip(".")))


def _who(entry: Procedure, profile: Profile) -> Said:
    return (
        _plain(words()["who"].format(title=entry.title, text=sentence(entry.who)))
        if entry.who
        else _unknown(entry, "who")
    )


def _legal_basis(entry: Procedure, profile: Profile) -> Said:
    if not entry.legal_basis:
        return _unknown(entry, "legal_basis")
    numbers = [f"- {d.number}{f' ({d.title})' if d.title else ''}" for d in entry.legal_basis]
    return _plain(join(words()["legal_basis"].format(procedure=_procedure(entry)), *numbers))


def _forms(entry: Procedure, profile: Profile) -> Said:
    names = entry.forms or tuple(p.template or p.name for p in entry.documents if p.template)
    if not names:
        return _unknown(entry, "forms")
    return _plain(join(words()["forms"].format(procedure=_procedure(entry)), *(f"- {name}" for name in names)))


def _deadline(entry: Procedure, profile: Profile) -> Said:
    if not entry.deadline or not entry.deadline.rule:
        return _unknown(entry, "deadline")
    return _plain(join(f"{entry.title}: {sentence(entry.deadline.rule)}", sentence(entry.deadline.late or "")))


def _penalty(entry: Procedure, profile: Profile) -> Said:
    if not entry.deadline or not entry.deadline.late:
        return _unknown(entry, "penalty")
    return _plain(f"{entry.title}: {sentence(entry.deadline.late)}")


_ASPECTS: dict[Aspect, Callable[[Procedure, Profile], Said]] = {
    "overview": _overview,
    "documents": _documents,
    "fee": _fee,
    "time": _time,
    "place": _place,
    "steps": _steps,
    "conditions": _conditions,
    "online": _online,
    "result": _result,
    "legal_basis": _legal_basis,
    "forms": _forms,
    "who": _who,
    "deadline": _deadline,
    "penalty": _penalty,
}
