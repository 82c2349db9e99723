"""Aspects: the samples cover every aspect, the model reads new questions, names of procedures do not distract it."""

from pathlib import Path

import numpy as np
import pytest

from knowledge import aspects
from knowledge.aspects import AspectModel
from knowledge.seeding import load_seed
from knowledge.vocabulary import ASPECTS, Aspect

NAMES = [name for entry in load_seed() for name in (entry.title, *entry.common_names)]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> AspectModel:
    return aspects.sample_model(tmp_path_factory.mktemp("aspects"))


@pytest.mark.parametrize("aspect", ASPECTS)
def test_every_aspect_has_sixty_different_samples(aspect: Aspect) -> None:
    assert len({text for label, text in aspects.questions() if label == aspect}) >= 60


def test_no_sample_stands_under_two_aspects() -> None:
    texts = [text for _, text in aspects.questions()]
    assert len(texts) == len(set(texts))


@pytest.mark.parametrize(
    ("text", "aspect"),
    [
        ("đổi hộ chiếu cho con thì đóng bao nhiêu tiền", "fee"),
        ("muốn nhận con nuôi phải chuẩn bị giấy tờ gì", "documents"),
        ("cấp lại thẻ bảo hiểm y tế ở đâu vậy em", "place"),
        ("xin chuyển trường cho cháu mấy ngày có kết quả", "time"),
        ("làm lại biển số xe có nộp qua mạng được không", "online"),
        ("không khai báo tạm vắng có bị phạt tiền không", "penalty"),
        ("mẫu tờ khai xin cấp lại tải ở đâu", "forms"),
        ("nhờ em trai đi nộp thay được không", "who"),
        ("thu tiền này theo nghị định nào", "legal_basis"),
    ],
)
def test_new_questions_are_read(model: AspectModel, text: str, aspect: Aspect) -> None:
    assert model(text)[0][0] == aspect
    assert model(text)[0][1] > 0.5


def test_two_aspects_are_both_seen(model: AspectModel) -> None:
    assert {aspect for aspect, _ in model("cần giấy tờ gì và hết bao nhiêu tiền")[:2]} == {"documents", "fee"}


def test_five_fold_accuracy_on_the_samples() -> None:
    samples = aspects.questions()
    fold = np.random.default_rng(0).permutation(len(samples)) % 5
    held = [i for i in range(len(samples)) if fold[i] == 0]
    trained = aspects.fit([samples[i] for i in range(len(samples)) if fold[i] != 0], NAMES)
    assert np.mean([trained(samples[i][1])[0][0] == samples[i][0] for i in held]) > 0.75


def test_saved_and_loaded_reads_the_same(model: AspectModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    again = AspectModel.load(tmp_path)("lệ phí bao nhiêu")
    assert [aspect for aspect, _ in again] == [aspect for aspect, _ in model("lệ phí bao nhiêu")]
