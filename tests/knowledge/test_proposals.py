"""The thesaurus holds only rows that can do something, and it proposes names that people would say."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from knowledge.catalogue import CATALOGUE, procedure
from knowledge.entry import Procedure
from knowledge.proposals import MAX_NAMES, MAX_WORDS, lay_terms, proposed_names, thesaurus
from knowledge.seeding import load_seed
from knowledge.text import normalise, syllables
from knowledge.training import unnamed

QUESTIONS = Path(__file__).parents[1] / "questions" / "catalogue.tsv"


@pytest.fixture(scope="module")
def records() -> list[dict[str, Any]]:
    return [json.loads(line) for line in CATALOGUE.read_text(encoding="utf-8").splitlines()]


def _entry(records: list[dict[str, Any]], code: str) -> Procedure:
    return procedure(next(record for record in records if record["code"] == code))


def test_every_row_reaches_a_title_of_its_fields(records: list[dict[str, Any]]) -> None:
    reached = {
        (term, record["field"]) for record in records for term in lay_terms(record["title"], record["field"], 999)
    }
    said = {term for term, _ in reached}
    dead = [
        (pairs.legal, term)
        for pairs in thesaurus()
        for term in pairs.lay
        if not (any((term, field) in reached for field in pairs.fields) if pairs.fields else term in said)
    ]
    assert dead == []


def test_rows_count_in_fields_that_exist(records: list[dict[str, Any]]) -> None:
    fields = {record["field"] for record in records}
    assert {field for pairs in thesaurus() for field in pairs.fields} <= fields


def test_what_people_say_stands_as_their_questions_are_read() -> None:
    terms = {term for pairs in thesaurus() for term in pairs.lay}
    assert {term: normalise(term) for term in terms if normalise(term) != term} == {}


def test_no_row_says_the_same_twice() -> None:
    rows = [(pairs.legal, [tuple(syllables(term)) for term in pairs.lay]) for pairs in thesaurus()]
    assert [legal for legal, lay in rows if legal in lay or len(set(lay)) < len(lay)] == []
    assert sum(len(lay) for _, lay in rows) >= 3000


def test_names_are_proposed_in_the_words_of_people(records: list[dict[str, Any]]) -> None:
    assert proposed_names(_entry(records, "1.004757"))[0] == "xin lại quốc tịch Việt Nam ở nước ngoài"
    assert "mất hộ chiếu phổ thông" in proposed_names(_entry(records, "2.000539"))


def test_proposed_names_are_few_short_and_new(records: list[dict[str, Any]]) -> None:
    for record in records[::20]:
        entry = procedure(record)
        names = proposed_names(entry)
        assert len(names) <= MAX_NAMES
        assert all(len(syllables(name)) <= MAX_WORDS and name != entry.title for name in names)


def test_a_name_the_entry_bears_is_not_proposed_again(records: list[dict[str, Any]]) -> None:
    entry = _entry(records, "1.004757")
    name = proposed_names(entry)[0]
    assert name not in proposed_names(entry.model_copy(update={"common_names": (name,)}))


def test_the_held_out_questions_are_on_procedures_that_nobody_named(records: list[dict[str, Any]]) -> None:
    codes = {record["code"] for record in records}
    written = {entry.id for entry in load_seed()}
    with QUESTIONS.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert len({row["text"] for row in rows}) == len(rows) >= 150
    assert all(set(row["id"].split("|")) <= codes for row in rows)
    assert all(set(ids) <= codes for _, ids in unnamed())
    assert not {row["id"].split("|")[0] for row in rows} & written
    assert not {row["id"].split("|")[0] for row in rows} & {ids[0] for _, ids in unnamed()}
