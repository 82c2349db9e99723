"""Entries by the file: out to a workbook and in again, dry runs that change nothing, files that are refused."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from httpx import Response
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select

from console import sheet
from console.pages import Console
from console.sheet_columns import COLUMNS
from store.engine import Database
from store.knowledge import RevisionRow
from tests.console.staff import StaffBrowser, words

SignIn = Callable[..., StaffBrowser]
IMPORT = "/console/entries/import"
FAQ = {"Loại": "Hỏi đáp", "Mã": "", "Tên": "Trung tâm có chỗ gửi xe không?", "Chủ đề": "Trung tâm"}
FAQ |= {"Mức chắc chắn": "Chắc chắn", "Trả lời": "Có.", "Nguồn": "Nội quy | Tỉnh cung cấp | | | 20/11/2026"}


@pytest.fixture
def database(live_database: Database) -> Database:
    return live_database


@pytest.fixture(autouse=True)
def live(console: Console) -> None:
    console.knowledge.load()


def _book(*rows: dict[str, str]) -> bytes:
    book = Workbook()
    heads = list(dict.fromkeys(head for row in rows for head in row))
    book.active.append(heads)
    for row in rows:
        book.active.append([row.get(head) for head in heads])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _send(browser: StaffBrowser, data: bytes, name: str = "muc.xlsx") -> Response:
    browser.open(IMPORT)
    return browser.http.post(IMPORT, data={"csrf": browser.csrf}, files={"file": (name, data)})


def _revisions(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(RevisionRow)) or 0


def _newest(database: Database, entry_id: str) -> dict[str, Any]:
    with database.read() as session:
        query = select(RevisionRow).filter_by(entry_id=entry_id).order_by(RevisionRow.number.desc())
        row = session.scalars(query).first()
        assert row is not None
        return row.content


def test_what_goes_out_comes_back_the_same(sign_in: SignIn, database: Database) -> None:
    curator = sign_in("curator")
    data = curator.open("/console/entries/export.xlsx").content
    page = _send(curator, data)
    assert page.status_code == 200
    assert "Mọi dòng giống bản đang có" in words(page)
    assert "Không có mục nào để nhập" in words(page)


def test_an_export_holds_what_the_filter_finds(sign_in: SignIn) -> None:
    browser = sign_in("agent")
    rows = list(load_workbook(io.BytesIO(browser.open("/console/entries/export.xlsx?kind=faq").content)).active)
    assert {row[0].value for row in rows[1:]} == {"Hỏi đáp"}
    assert len(rows[0]) == len(COLUMNS) + 2


def test_a_cell_is_never_a_formula() -> None:
    content = {"kind": "faq", "id": "faq-1", "title": "=1+1", "answer": '=HYPERLINK("http://x")'}
    cells = list(load_workbook(io.BytesIO(sheet.write([content]))).active)[1]
    assert {cell.data_type for cell in cells if cell.value} == {"s"}


def test_a_dry_run_says_what_each_row_does_and_changes_nothing(sign_in: SignIn, database: Database) -> None:
    curator = sign_in("curator")
    before = _revisions(database)
    rows = (
        FAQ,
        {"Loại": "Thủ tục", "Mã": "1.001193", "Tên": "Đăng ký khai sinh cho trẻ"},
        {"Loại": "Thủ tục", "Mã": "1.001193", "Tên": "Lần nữa"},
        {"Loại": "Giấy", "Mã": "1", "Tên": "Không rõ loại"},
        FAQ | {"Mức chắc chắn": "Hơi chắc"},
        FAQ | {"Nguồn": "Nội quy | Ai đó"},
        FAQ | {"Trả lời": "Nộp tại Uỷ ban nhân dân cấp huyện."},
    )
    page = words(_send(curator, _book(*rows)))
    assert "Thêm mới 2 Thay đổi 1 Không đổi 0 Dòng sai, sẽ bỏ qua 4" in page
    for part in (
        "thay đổi Đổi: nguồn, tên.", "mã 1.001193 đã có ở dòng 3", "Loại: cần “Thủ tục” hoặc “Hỏi đáp”",
        "Mức chắc chắn: “Hơi chắc”", "Nguồn: “Ai đó” không có trong", "còn ghi cấp huyện",
    ):  # fmt: skip
        assert part in page
    assert _revisions(database) == before


def test_good_rows_become_drafts_that_still_need_a_second_person(sign_in: SignIn, database: Database) -> None:
    curator = sign_in("curator")
    page = _send(curator, _book(FAQ))
    assert "Đã nhập thành bản nháp" in words(curator.send(f"{page.url.path}/take"))
    again = curator.send(f"{page.url.path}/take")
    assert again.status_code == 409
    assert "đã được nhập rồi" in words(again)
    assert "Đã gửi duyệt 1 mục." in words(curator.send(f"{page.url.path}/submit"))
    assert "Chưa gửi được mục nào." in words(curator.send(f"{page.url.path}/submit"))
    with database.read() as session:
        states = list(session.scalars(select(RevisionRow.state).where(RevisionRow.author == "curator1")))
    assert states == ["review"]


def test_how_many_drafts_went_to_review_is_said(sign_in: SignIn) -> None:
    curator = sign_in("curator")
    stale = FAQ | {"Tên": "Nộp hồ sơ ở đâu?", "Trả lời": "Nộp tại Uỷ ban nhân dân cấp huyện."}
    page = _send(curator, _book(FAQ, stale))
    curator.send(f"{page.url.path}/take")
    sent = words(curator.send(f"{page.url.path}/submit"))
    assert "Đã gửi duyệt 1 mục. Còn 1 mục có lỗi, vẫn là bản nháp" in sent


def test_a_column_that_the_sheet_lacks_changes_nothing(sign_in: SignIn, database: Database) -> None:
    curator = sign_in("curator")
    before = _newest(database, "1.001193")
    names = {"Loại": "Thủ tục", "Mã": "1.001193", "Tên thường gọi": "làm khai sinh\nkhai sanh"}
    page = _send(curator, _book(names))
    curator.send(f"{page.url.path}/take")
    changed = {"common_names": ["làm khai sinh", "khai sanh"], "origin": "officer"}
    assert _newest(database, "1.001193") == before | changed


def test_a_dry_run_is_its_senders_alone(sign_in: SignIn) -> None:
    page = _send(sign_in("curator"), _book(FAQ))
    other = sign_in("publisher")
    other.open(IMPORT)
    assert other.open(page.url.path).status_code == 404
    assert other.send(f"{page.url.path}/take").status_code == 409


def test_an_export_of_the_portal_is_understood(sign_in: SignIn) -> None:
    portal = {"ma_thu_tuc": "9.000001", "ten_thu_tuc": "Cấp giấy phép mẫu", "linh_vuc": "Mẫu"}
    assert "Thêm mới 1" in words(_send(sign_in("curator"), _book(portal)))


def _bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (sheet.MOST_UNPACKED + 1))
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("muc.xlsx", b"not a workbook", "bị hỏng"),
        ("muc.exe", b"MZ", "Không đọc được loại tệp “muc.exe”"),
        ("muc.xlsx", _bomb(), "phình ra quá 60 MB"),
        ("muc.csv", b"Lo\xff\xfei", "UTF-8"),
        ("muc.csv", "Loại,Mã\n".encode() + b"x,1\n" * (sheet.MOST_ROWS + 1), "quá 2000 dòng"),
        ("muc.csv", "Loại,Mã\n".encode(), "không có dòng nào"),
        ("", b"", "Chưa chọn tệp"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_explained(sign_in: SignIn, name: str, data: bytes, said: str) -> None:
    page = _send(sign_in("curator"), data, name)
    assert page.status_code == 422
    assert said in words(page)


def test_a_file_that_is_too_long_is_refused(sign_in: SignIn) -> None:
    page = _send(sign_in("curator"), b"x" * 4_000_001)
    assert page.status_code == 413
    assert "quá dài" in words(page)
