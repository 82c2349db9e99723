from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from knowledge.catalogue import COLLECTED
from knowledge.entry import Procedure
from knowledge.sources.files import BadFile, Row
from knowledge.sources.legal_numbers import legal_numbers
from knowledge.sources.portal import read_record
from knowledge.sources.portal_channels import channel_rows
from knowledge.sources.portal_entry import bare_facts, imported
from knowledge.sources.portal_papers import paper_table
from tests.knowledge.portal_samples import CHANNELS, LAW, PAPERS, record


def _entry(**columns: str) -> Procedure:
    return imported(read_record(Row(1, record(**columns))), COLLECTED).entry


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("Trực tuyến4 Ngày làm việcMiễn phí", [("online", 4, "working_day", 0)]),
        ("Trực tiếp2.5 NgàyKhông có thông tinghi chú", [("in_person", 2.5, "day", None)]),
        ("Dịch vụ bưu chính8 Giờ1,250,000 Việt Nam Đồng", [("post", 8, "hour", 1_250_000)]),
        ("Trực tiếpKhông có thông tin10 USD(/bản)", [("in_person", None, None, 10)]),
        ("Trực tuyến1Miễn phí", [("online", 1, None, 0)]),
        ("Trực tuyến8100,000 VNĐ", [("online", 8, None, 100_000)]),
        ("Trực tuyếnKhông quy địnhMiễn phíTrực tiếp1 Tháng5,000 VNĐ", [
            ("online", None, None, 0), ("in_person", 1, "month", 5000),
        ]),
        ("không phải bảng", []),
    ],
)  # fmt: skip
def test_rows_of_channels(cells: str, expected: list[tuple[object, ...]]) -> None:
    rows = channel_rows(CHANNELS + cells)
    assert [(row.channel, row.time, row.unit, row.fee) for row in rows] == expected
    assert not any(row.unclear for row in rows)


@pytest.mark.parametrize("glued", ["120 VNĐ", "1250,000 VNĐ"])
def test_days_and_amount_that_run_together_are_unclear(glued: str) -> None:
    (row,) = channel_rows(f"{CHANNELS}Trực tuyến{glued}")
    assert (row.unclear, row.time, row.fee) == (True, None, None)


def test_a_remark_tells_other_amounts_the_council_and_the_unit() -> None:
    text = (
        "Trực tiếp3 Ngày70,000 VNĐ(70.000 đồng/thẻ, 35.000 đồng với trẻ em)Trực tuyến3 NgàyMiễn phí(Do HĐND quyết định)"
    )
    first, second = channel_rows(CHANNELS + text)
    assert (first.more, first.per, first.council) == (True, "thẻ", False)
    assert (second.more, second.council) == (False, True)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("Đơn1 bản chính- Ảnh0 bản chính,2 bản sao", [("Đơn", 1, 0), ("Ảnh", 0, 2)]),
        ("Đơn theo Mẫu số 181 bản chínhtờ bìa1 bản chính,1 bản sao", [("Đơn theo Mẫu số 18", 1, 0), ("tờ bìa", 1, 1)]),
        ("Giấy phép: 01 bản chính. Khi nhập nhiều lần nộp 02 bản chính khi cần1 bản chính", [
            ("Giấy phép: 01 bản chính. Khi nhập nhiều lần nộp 02 bản chính khi cần", 1, 0),
        ]),
        ("Đơn;1 bản chính(i) Bản kê1 bản chính.Danh sách1 bản chính", [
            ("Đơn", 1, 0), ("Bản kê", 1, 0), ("Danh sách", 1, 0),
        ]),
        ("+ Văn bản của Bộ.1 bản chính.+ Đề án1 bản chính", [("Văn bản của Bộ", 1, 0), ("Đề án", 1, 0)]),
        ("Số lượng hồ sơ: 01 bộ1 bản chính1 bản chính", []),
    ],
)  # fmt: skip
def test_rows_of_papers(cells: str, expected: list[tuple[object, ...]]) -> None:
    papers = paper_table(f"--{PAPERS}{cells}").papers
    assert [(p.name, p.originals, p.copies) for p in papers] == expected


def test_papers_by_case_with_form_files() -> None:
    first = f"a) Cấp mới:{PAPERS}Đơn xin cấp (Mẫu 1)Mau so 1.docx1 bản chính"
    table = paper_table(f"{first}b) Cấp lại: {PAPERS}Đơn báo mấtA.pdfB.doc1 bản chính--")
    assert [(p.name, p.case, p.files) for p in table.papers] == [
        ("Đơn xin cấp (Mẫu 1)", "Cấp mới", ("Mau so 1.docx",)),
        ("Đơn báo mất", "Cấp lại", ("A.pdf", "B.doc")),
    ]
    assert table.notes == ()


def test_a_form_file_right_behind_a_document_number() -> None:
    (paper,) = paper_table(f"--{PAPERS}Đơn theo Nghị định 2/2020/NĐ-CPMau3.docxMau4.docx1 bản chính").papers
    assert (paper.name, paper.files) == ("Đơn theo Nghị định 2/2020/NĐ-CP", ("Mau3.docx", "Mau4.docx"))


def test_the_number_of_a_form_stays_with_the_name_of_the_paper() -> None:
    (paper,) = paper_table(f"--{PAPERS}Đơn theo Mẫu số 14.QLT Phụ lục I;Mẫu số 14. QLT.docx1 bản chính").papers
    assert (paper.name, paper.files) == ("Đơn theo Mẫu số 14.QLT Phụ lục I", ("Mẫu số 14. QLT.docx",))


def test_a_row_without_any_number_is_a_note() -> None:
    table = paper_table(f"--{PAPERS}Trường hợp đã có dữ liệu thì không nộp0 bản chínhĐơn1 bản chính")
    assert ([p.name for p in table.papers], table.notes) == (["Đơn"], ("Trường hợp đã có dữ liệu thì không nộp",))


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("Luật Diều202068/2020/QH14Nghị định 11/2021/NĐ-CP11/2021/NĐ-CP", ("68/2020/QH14", "11/2021/NĐ-CP")),
        ("sửa Nghị định số 5/2019/NĐ-CP ngày 01/01/2019 về diềuNghị định số 7/2020/NĐ-CPThông tư sốsố 8/2020/TT-BTC",
         ("7/2020/NĐ-CP", "8/2020/TT-BTC")),
        ("Quyết định 92/2000/QĐ-NHNN792/2000/QĐ-NHNN7", ("92/2000/QĐ-NHNN7",)),
        ("về diều66.7/2025/NQ-CPTHÔNG TƯ VỀ DÂY3/2024/TT-BTCQuy định", ("66.7/2025/NQ-CP", "3/2024/TT-BTC")),
        ("Luật Diều 2020", ()),
    ],
)  # fmt: skip
def test_numbers_of_the_legal_basis(cells: str, expected: tuple[str, ...]) -> None:
    assert legal_numbers(LAW + cells) == expected


def test_a_sound_record() -> None:
    entry = _entry()
    assert (entry.origin, entry.confidence, entry.review, str(entry.checked_at)) == (
        "import",
        "low",
        "none",
        "2026-07-01",
    )
    assert (entry.fee.kind, entry.fee.amount_vnd, entry.time.number, entry.time.unit) == (
        "fixed",
        50000,
        3,
        "working_day",
    )
    assert [(p.name, p.form, p.copies) for p in entry.documents] == [
        ("Đơn xin thả diều", "original", 1),
        ("Ảnh cái diều", "copy", 2),
    ]
    assert [d.number for d in entry.legal_basis] == ["12/2021/NĐ-CP", "9/2020/QH14"]
    assert entry.steps == ("Bước 1: Gửi đơn.", "Bước 2: Nhận giấy.")
    assert (entry.result, entry.place.authority) == ("Giấy phép thả diều", "Ủy ban Nhân dân xã, phường")
    assert (entry.conditions, entry.forms) == (None, ("Mau don",))


@pytest.mark.parametrize("fee", ["Miễn phí", "0 VNĐ", "0 Việt Nam Đồng"])
def test_the_portals_zero_is_never_free(fee: str) -> None:
    entry = _entry(cach_thuc_thuc_hien=f"{CHANNELS}Trực tiếp3 Ngày{fee}")
    assert (entry.fee.kind, entry.fee.amount_vnd) == ("unknown", None)
    assert entry.fee.rule is not None
    assert "miễn phí" not in entry.fee.rule.lower()


def test_contradictions_keep_both_values() -> None:
    entry = _entry(cach_thuc_thuc_hien=f"{CHANNELS}Trực tiếp10 NgàyMiễn phíTrực tuyến7 NgàyMiễn phí")
    assert entry.time.number is None
    assert entry.time.rule == "Cổng ghi: trực tuyến 7 ngày; trực tiếp 10 ngày"


@pytest.mark.parametrize(
    ("cell", "remark", "rule"),
    [
        ("7 Ngày", "Trong 07 ngày\nlàm việc", "trực tiếp 7 ngày, phần ghi chú lại ghi 7 ngày làm việc"),
        ("18 Ngày làm việc", "18 ngày, kể từ ngày nhận", "trực tiếp 18 ngày làm việc, phần ghi chú lại ghi 18 ngày"),
    ],
)
def test_a_remark_that_counts_other_days_is_kept_and_flagged(cell: str, remark: str, rule: str) -> None:
    made = imported(
        read_record(Row(1, record(cach_thuc_thuc_hien=f"{CHANNELS}Trực tiếp{cell}Miễn phí{remark}"))), COLLECTED
    )
    assert (made.entry.time.number, made.entry.time.rule) == (None, f"Cổng ghi: {rule}")
    assert [flag.flag for flag in made.flags] == ["contradiction"]


@pytest.mark.parametrize("remark", ["Trong 07 ngày", "07 ngày, hoặc 07 ngày làm việc", "05 ngày làm việc", ""])
def test_a_remark_that_does_not_contradict_changes_nothing(remark: str) -> None:
    entry = _entry(cach_thuc_thuc_hien=f"{CHANNELS}Trực tiếp7 NgàyMiễn phí{remark}")
    assert (entry.time.number, entry.time.unit) == (7, "day")


def test_stale_wording_is_flagged_and_not_said() -> None:
    made = imported(
        read_record(
            Row(1, record(co_quan_co_tham_quyen="Công an huyện", trinh_tu_thuc_hien="Nộp tại UBND cấp huyện.",
                          thanh_phan_ho_so=f"--{PAPERS}Sổ hộ khẩu0 bản chính,1 bản sao"))
        ),
        COLLECTED,
    )  # fmt: skip
    assert {(f.column, f.flag) for f in made.flags} == {
        ("co_quan_thuc_hien", "district"),
        ("trinh_tu_thuc_hien", "district"),
        ("thanh_phan_ho_so", "household_book"),
    }
    assert (made.entry.steps, made.entry.place.authority, made.entry.place.before) == (
        (),
        "Cơ quan cấp xã",
        "Công an huyện",
    )
    assert "Sổ hộ khẩu giấy hết giá trị" in (made.entry.documents[0].note or "")


def test_text_of_another_column_is_flagged_and_not_parsed() -> None:
    made = read_record(Row(1, record(can_cu_phap_ly=f"lẫn trang {CHANNELS}11/2021/NĐ-CP")))
    assert made.documents == ()
    assert [(f.column, f.flag) for f in made.flags] == [("can_cu_phap_ly", "scrambled")]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Giấy phépMã: KQ.G99.000001Quyết địnhMã: 000.00.00.G04-KQ0251Từ khóa", "Giấy phép; Quyết định"),
        ("Văn bảnMã: VBTT", "Văn bản"),
        ("GiấyMã: KQ.G99.000001...văn bản trả lờiMã: KQ.G99.000002- BảngMã: 17", "Giấy; văn bản trả lời; Bảng"),
        ("Không có thông tin", None),
        ("Đơn1 bản chínhTại Bước 6", None),
    ],
)
def test_names_of_results(cell: str, expected: str | None) -> None:
    assert _entry(ket_qua_xu_ly=cell).result == expected


def test_bare_facts_hold_no_running_text() -> None:
    facts = bare_facts(read_record(Row(1, record(yeu_cau_dieu_kien="Có sân rộng và không gần đường dây điện."))))
    assert set(facts) == {"code", "title", "field", "level", "authority", "decision", "channels", "documents"}
    assert facts["channels"] == [
        {"by": ["online", "in_person"], "time": 3, "unit": "working_day", "fee": 50000, "per": "giấy"}
    ]


@pytest.mark.parametrize("columns", [{"ma_thu_tuc": "abc"}, {"ten_thu_tuc": ""}, {"linh_vuc": " "}])
def test_a_wrong_row_is_named(columns: dict[str, str]) -> None:
    with pytest.raises(BadFile, match="Dòng 7"):
        read_record(Row(7, record() | columns))


def test_the_labels_of_the_benchmark_are_two_separate_halves() -> None:
    folder = Path(__file__).parent
    files = (folder / f"portal_labels_{name}.yml" for name in ("dev", "heldout"))
    halves = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in files]
    assert [len(half) >= 30 for half in halves] == [True, True]
    assert not halves[0].keys() & halves[1].keys()
    assert all(label["channels"] and label["papers"] and label["law"] for half in halves for label in half.values())
