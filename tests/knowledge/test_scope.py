"""What tells questions out of scope from the others."""

from pathlib import Path

import numpy as np
import pytest

from knowledge import scope
from knowledge.scope import Scope
from knowledge.training import out_of_scope
from knowledge.vector_cache import VectorCache

OURS = ["đăng ký khai sinh cho con", "làm hộ chiếu cần gì", "mất căn cước thì làm lại ở đâu", "tách thửa đất"] * 3
OTHERS = ["mai trời có mưa không", "giá vàng hôm nay", "kể chuyện cười đi", "đội nào vô địch"]


@pytest.fixture(scope="module")
def model(cache: VectorCache) -> Scope:
    return scope.fit(cache.encode("query", OTHERS), cache.encode("query", OURS))


def test_a_new_question_is_told_apart(model: Scope, cache: VectorCache) -> None:
    ours, other = cache.encode("query", ["xin cấp lại sổ đỏ", "hôm nay trời nắng hay mưa"])
    assert model(other)[1] > model(ours)[1]
    assert model(other)[0] > model(ours)[0]


def test_a_question_left_out_is_not_its_own_neighbour(model: Scope, cache: VectorCache) -> None:
    known = cache.encode("query", OTHERS)[0]
    assert model(known)[0] == pytest.approx(1.0, abs=1e-4)
    assert model(known, 0)[0] < 0.99


def test_saved_and_loaded_says_the_same(model: Scope, cache: VectorCache, tmp_path: Path) -> None:
    model.save(tmp_path)
    vector = cache.encode("query", ["xem phim gì"])[0]
    np.testing.assert_allclose(Scope.load(tmp_path)(vector), model(vector), rtol=1e-6)


def test_the_questions_out_of_scope_are_many_and_different() -> None:
    questions = out_of_scope()
    assert len(set(questions)) == len(questions) >= 400
