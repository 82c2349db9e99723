"""The index: every kind of feature, leaving passages out, saving and loading."""

from pathlib import Path

import numpy as np
import pytest

from knowledge.documents import Document, Kind, from_text
from knowledge.index import FEATURES, Index, Query
from knowledge.retriever import Retriever
from knowledge.vector_cache import VectorCache

DOCUMENTS = [
    Document("a", ("đăng ký khai sinh", "làm giấy khai sinh"), ("em bé mới sinh làm giấy gì",), "giấy chứng sinh"),
    Document("b", ("đăng ký kết hôn",), ("cưới nhau thì lên xã làm gì", "cưới vợ cần giấy gì"), "tờ khai"),
    Document("c", ("cấp thẻ căn cước",), (), "chụp ảnh, vân tay", lay="làm thẻ cước. chứng minh thư"),
]


@pytest.fixture(scope="module")
def index(cache: VectorCache) -> Index:
    return Index.build(DOCUMENTS, cache)


def query(cache: VectorCache, text: str) -> Query:
    return Query(text, cache.encode("query", [text])[0])


def test_every_column_prefers_the_right_document(index: Index, cache: VectorCache) -> None:
    features = index.features(query(cache, "cưới vợ cần giấy gì"))
    assert features.shape == (3, len(FEATURES))
    best = dict(zip(FEATURES, features.argmax(axis=0).tolist(), strict=True))
    assert best["lex_example"] == best["vec_example"] == 1


def test_a_left_out_passage_does_not_count(index: Index, cache: VectorCache) -> None:
    asked = query(cache, "cưới vợ cần giấy gì")
    examples = index.passages_of(1, Kind.EXAMPLE)
    assert len(examples) == 2
    column = FEATURES.index("vec_example")
    assert index.features(asked)[1, column] > index.features(asked, examples[1:])[1, column]
    assert index.features(asked, examples)[1, FEATURES.index("lex_example")] == 0.0


def test_the_name_stands_for_examples_where_there_are_none(index: Index, cache: VectorCache) -> None:
    row = dict(zip(FEATURES, index.features(query(cache, "thẻ căn cước làm ở đâu"))[2], strict=True))
    assert row["lex_example"] == row["lex_name"] > 0
    assert row["vec_example"] == row["vec_name"]


def test_what_people_say_for_a_title_counts_where_it_is_much(index: Index, cache: VectorCache) -> None:
    column = FEATURES.index("lay")
    much = index.features(query(cache, "chứng minh thư mất rồi"))[:, column]
    assert much.argmax() == 2
    assert much[2] > 0
    assert index.features(query(cache, "đăng ký kết hôn"))[:, column].max() == 0


def test_saved_and_loaded_gives_the_same(index: Index, cache: VectorCache, tmp_path: Path) -> None:
    index.save(tmp_path)
    asked = query(cache, "làm giấy khai sinh ở đâu")
    np.testing.assert_allclose(Index.load(tmp_path).features(asked), index.features(asked), rtol=1e-5)


def test_a_text_is_cut_into_windows_and_sentences() -> None:
    pieces = from_text("x", "Tên", "Một. Hai. Ba.").pieces()
    assert [text for kind, text in pieces if kind == Kind.SENTENCE] == ["Một.", "Hai.", "Ba."]
    assert [text for kind, text in pieces if kind == Kind.WINDOW] == ["Một. Hai.", "Một. Hai. Ba.", "Hai. Ba."]


def test_words_without_diacritics_find_the_same(retriever: Retriever) -> None:
    assert retriever.search("vi sao nuoc song co mau do").candidates[0].entry == "song-hong"


def test_an_empty_question_is_no_error(retriever: Retriever) -> None:
    assert len(retriever.search("  ").candidates) == 10


def test_vectors_are_remembered(cache: VectorCache) -> None:
    first = cache.encode("passage", ["một đoạn", "hai đoạn", "một đoạn"])
    again = VectorCache(cache.encoder, cache.path).encode("passage", ["hai đoạn", "một đoạn"])
    np.testing.assert_array_equal(first[[1, 0]], again)
    assert np.linalg.norm(first, axis=1) == pytest.approx(np.ones(3), abs=1e-5)
    assert not np.array_equal(cache.encode("query", ["một đoạn"]), first[:1])
