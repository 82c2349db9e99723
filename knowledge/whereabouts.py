"""What it changes in an answer where somebody lives: the office, and a fee that differs within the province."""

from __future__ import annotations

from dataclasses import dataclass, replace

from knowledge.compose import cite_places, cite_profile
from knowledge.entry import Faq, Procedure
from knowledge.places.find import Finder, Place
from knowledge.places.gazetteer import Gazetteer, parted
from knowledge.places.say import Said, lower, say
from knowledge.places.spelling import key
from knowledge.places.tables import Commune, communes
from knowledge.province import AreaFee, Office, Profile, commune_names
from knowledge.question import Context, Question
from knowledge.text import accented_share, deaccent
from knowledge.vocabulary import Aspect, Citation, Message
from knowledge.wording import join, money, sentence, words

_LOCAL = ("commune", "several")


@dataclass(frozen=True, slots=True)
class Mentioned:
    """The words of a message that name a place; rest: the message without them; alone: that says nothing."""

    said: str
    rest: str
    alone: bool


@dataclass(frozen=True, slots=True)
class Located:
    """A message with what the place adds. asks: it ends in a question about the place."""

    message: Message
    asks: bool


class Whereabouts:
    """Places as one province's assistant understands them: its own come first where a name is borne by several."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._changes = profile.changes
        self._finder = self._make()

    def _make(self) -> Finder:
        known = {(key(commune.name), commune.province) for commune in communes().values()}
        names = [name[:1].upper() + name[1:] for name in commune_names(self._profile)]
        further = [name for name in names if (key(name), self._profile.name) not in known]
        return Finder(Gazetteer(Commune(f"own:{i}", name, self._profile.name) for i, name in enumerate(further)))

    @property
    def finder(self) -> Finder:
        """The finder for the profile as it is now."""
        if self._changes != self._profile.changes:
            self._changes, self._finder = self._profile.changes, self._make()
        return self._finder

    def mentioned(self, text: str, context: Context) -> Mentioned | None:
        """The place that a message names; an answer to the question which one completes what was said before."""
        open_before = bool(context.place) and self.commune(context.place) is None
        found = self.finder.find(text, expected=open_before or context.place_asked)
        if found is None:
            return None
        if open_before and len(found.today) > 1:
            both = self.finder.find(_joined(found.said, context.place))
            if both and len(both.today) < len(found.today):
                return Mentioned(both.said, found.rest, found.alone)
        return Mentioned(found.said, found.rest, found.alone)

    def resolve(self, said: str) -> Place | None:
        """What the words `said` can mean; only places of the own province if some are."""
        place = self.finder.find(said, expected=True)
        if place is None or len(place.today) == 1:
            return place
        own = key(parted(self._profile.name)[1])
        near = tuple(r for r in place.readings if ("province", own) in r.above or self._is_own(r.today))
        return replace(place, readings=near) if near else place

    def _is_own(self, codes: frozenset[str]) -> bool:
        return all(self.finder.gazetteer.communes[code].province == self._profile.name for code in codes)

    def commune(self, said: str) -> Commune | None:
        """The commune of today that `said` names, when it is certain."""
        place = self.resolve(said)
        codes = place.today if place else frozenset[str]()
        return self.finder.gazetteer.communes[next(iter(codes))] if len(codes) == 1 else None

    def message(self, said: str) -> Located | None:
        """The message about a place alone: where it belongs today and which office serves it."""
        place = self.resolve(said)
        if place is None:
            return None
        told = say(place, self.finder.gazetteer)
        text = join(told.text, self.office(told.commune) if told.commune else "")
        cited = self._cited(told.commune) if told.commune else (cite_places(),)
        message = Message(text, text.replace("\n", " "), buttons=told.buttons, sources=cited)
        return Located(message, told.commune is None)

    def note(self, message: Message, said: str) -> Message:
        """`message` with where the place just named belongs today, when that is certain."""
        place = self.resolve(said) if said else None
        told = say(place, self.finder.gazetteer) if place else None
        return _extended(message, told, cite_places()) if told and told.commune else message

    def office(self, commune: Commune) -> str:
        """The office that serves a commune, as far as the profile knows it."""
        w, office = words()["whereabouts"], self._office(commune)
        if office is None:
            return str(w["no_office"].format(commune=lower(commune.name), own=self._profile.name))
        return str(w["office"].format(name=office.name, address=office.address))

    def _office(self, commune: Commune) -> Office | None:
        own = self._profile.communes if commune.province == self._profile.name else ()
        return next((office for office in own if key(office.name).endswith(key(commune.name))), None)

    def _cited(self, commune: Commune) -> tuple[Citation, ...]:
        """Where it stands that a place belongs to `commune`, and which office serves that."""
        return (cite_places(), cite_profile(self._profile)) if self._office(commune) else (cite_places(),)

    def locate(self, message: Message, entry: Procedure | Faq, question: Question, context: Context) -> Located:
        """`message` about `entry` with what the place adds; a question back only once in a conversation."""
        said = question.place or context.place
        overview = bool(question.place) and message.aspect == "overview"
        if isinstance(entry, Faq) or not self.decides(entry, "place" if overview else message.aspect):
            return Located(message, False)
        fees = self._profile.area_fees.get(entry.id, ()) if message.aspect == "fee" else ()
        place = self.resolve(said) if said else None
        if place is None:
            return self._ask(message, fees, context)
        told = say(place, self.finder.gazetteer)
        if told.commune is None:
            asks = bool(question.place) or not context.place_asked
            return Located(_extended(message, told) if asks else message, asks)
        extra = self._fee(fees, place, told.commune) if fees else self.office(told.commune)
        cited = (cite_places(), cite_profile(self._profile)) if fees else self._cited(told.commune)
        return Located(_extended(message, Said(join(told.text, extra)), *cited), False)

    def decides(self, entry: Procedure, aspect: Aspect | None) -> bool:
        """Whether where somebody lives changes what is said on `aspect` of `entry`."""
        if aspect == "fee":
            return entry.id in self._profile.area_fees
        return aspect == "place" and entry.place.level in _LOCAL

    def _ask(self, message: Message, fees: tuple[AreaFee, ...], context: Context) -> Located:
        rates = join(*(_rate(fee) for fee in fees))
        cited = (cite_profile(self._profile),) if fees else ()
        if context.place_asked:
            return Located(_extended(message, Said(rates), *cited), False)
        asked = words()["whereabouts"]["fee_ask" if fees else "ask"]
        return Located(_extended(message, Said(join(rates, asked)), *cited), True)

    def _fee(self, fees: tuple[AreaFee, ...], place: Place, commune: Commune) -> str:
        former = {r.province for r in place.readings}
        fitting = [f for f in fees if commune.name in f.communes or former & set(f.former_provinces)]
        return join(*(_rate(fee) for fee in fitting))


def _joined(said: str, before: str) -> str:
    """Two parts of one place; without diacritics when one of them has none."""
    both = f"{said}, {before}"
    return both if accented_share(said) and accented_share(before) else deaccent(both)


def _rate(fee: AreaFee) -> str:
    w = words()["whereabouts"]["fee"]
    return str(w.format(area=fee.area, amount=money(fee.amount_vnd), note=sentence(fee.note)))


def _extended(message: Message, said: Said, *cited: Citation) -> Message:
    return replace(
        message,
        text=join(message.text, said.text),
        spoken=f"{message.spoken} {said.text}".strip().replace("\n", " "),
        buttons=(*said.buttons, *message.buttons),
        sources=tuple(dict.fromkeys((*message.sources, *cited))),
    )
