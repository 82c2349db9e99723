"""A record of the national portal's export, in facts: what is certain as values, the rest as text with a flag.

Columns as the export has them: `ma_thu_tuc`, `ten_thu_tuc`, `linh_vuc` are required, the others may be missing.
"""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from dataclasses import dataclass

from knowledge.sources import legal_numbers as law
from knowledge.sources import portal_channels as channels
from knowledge.sources import portal_papers as papers
from knowledge.sources.files import BadFile, Row

REQUIRED = ("ma_thu_tuc", "ten_thu_tuc", "linh_vuc")
TABLES = {"cach_thuc_thuc_hien": channels.HEAD, "can_cu_phap_ly": law.HEAD, "thanh_phan_ho_so": papers.HEAD}
_ALIASES = {
    "MaTTHC": "ma_thu_tuc", "TenTTHC": "ten_thu_tuc", "TenLinhVuc": "linh_vuc", "CapThucHien": "cap_thuc_hien",
    "SoQuyetDinh": "so_quyet_dinh",
}  # fmt: skip
_CODE = re.compile(r"\d\.\d{6}")
_NOTHING = ("", "Không có thông tin", "--")
_LEVELS = {"Cấp xã": "commune", "Cấp tỉnh": "province", "Cấp bộ": "ministry", "Cơ quan khác": "other"}
_PAGE = re.compile(r"Từ khóa(?:Không có thông tin|.{0,200}?)Mô tả|Chọn cơ quan thực hiện|-- Chọn Bộ ngành --")
_RESULT_CODE = re.compile(r"Mã: ?(?:[A-Za-z\d._-]{0,40}\d\.*|[\w.-]{0,40}$|[A-Za-z._-]{1,40}?(?<=[a-z])(?=[A-Z]))")
_BULLETS = re.compile(r"[●•▪◦\ue000-\uf8ff]")
_LONGEST_TITLE = 2_000
_LONGEST_OFFICE = 150
_OFFICES = ("co_quan_co_tham_quyen", "co_quan_thuc_hien")


@dataclass(frozen=True, slots=True)
class Flagged:
    """A text of the record that needs a person.

    flag: `unparsed` (kept as text only), `scrambled` (another part of the page stands in it), `unclear` (days and
    amount run together), `contradiction` (channels of one kind disagree, or a cell and its remark), `district`,
    `household_book`, `shortened`.
    """

    column: str
    flag: str
    text: str


@dataclass(frozen=True, slots=True)
class PortalRecord:
    """What one record says.

    offices: who decides, or, when that is not said, who carries out. executing: who carries out. texts: the running
    texts by column, without page furniture, only for the database.
    """

    code: str
    title: str
    field: str
    bare: bool
    levels: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()
    executing: tuple[str, ...] = ()
    decision: str | None = None
    channels: tuple[channels.ChannelRow, ...] = ()
    papers: tuple[papers.PaperRow, ...] = ()
    documents: tuple[str, ...] = ()
    results: tuple[str, ...] = ()
    texts: dict[str, str] = dataclasses.field(default_factory=dict)
    flags: tuple[Flagged, ...] = ()


def read_record(row: Row) -> PortalRecord:
    """The facts of one row. Raises BadFile, naming the row, when code, title or field is missing or wrong."""
    values = {_ALIASES.get(column, column): _tidy(value) for column, value in row.values.items()}
    code, title, subject = (" ".join(values.get(column, "").split()) for column in REQUIRED)
    if not _CODE.fullmatch(code):
        raise BadFile(f"Dòng {row.number}: mã thủ tục “{code[:40]}” không đúng dạng 1.001193.")
    if not title or not subject or len(title) > _LONGEST_TITLE:
        raise BadFile(f"Dòng {row.number} ({code}): thiếu tên thủ tục hoặc lĩnh vực, hoặc tên dài bất thường.")
    flags: list[Flagged] = []
    rows = _channels(values, flags)
    table = papers.paper_table(_table(values, "thanh_phan_ho_so", flags))
    flags += [Flagged("thanh_phan_ho_so", "unparsed", note) for note in table.notes]
    documents, results = _documents(values, flags), _results(values, flags)
    texts = _texts(values, flags)
    return PortalRecord(
        code, title, subject,
        bare=not TABLES.keys() & values.keys(), levels=_levels(values.get("cap_thuc_hien", "")),
        offices=_offices(values, *_OFFICES), executing=_offices(values, _OFFICES[1]),
        decision=_decision(values.get("so_quyet_dinh", "")), channels=tuple(rows), papers=table.papers,
        documents=documents, results=results, texts=texts, flags=tuple(flags),
    )  # fmt: skip


def _tidy(value: str) -> str:
    """The text in composed letters, with plain spaces, and bullets of word processors as dashes."""
    value = _BULLETS.sub("-", unicodedata.normalize("NFC", value.replace("\u200b", "")))
    return re.sub(r"[ \u00a0\t\r\f\v]+", " ", value).strip()


def _table(values: dict[str, str], column: str, flags: list[Flagged]) -> str:
    """The text of a table, or "" when it is empty or another part of the page stands in its column."""
    text = values.get(column, "")
    if text in _NOTHING:
        return ""
    if TABLES[column] not in text:
        flags.append(Flagged(column, "scrambled", text))
        return ""
    return text


def _channels(values: dict[str, str], flags: list[Flagged]) -> list[channels.ChannelRow]:
    text = _table(values, "cach_thuc_thuc_hien", flags)
    rows = channels.channel_rows(text)
    if text and not rows:
        flags.append(Flagged("cach_thuc_thuc_hien", "unparsed", text))
    if any(row.unclear for row in rows):
        flags.append(Flagged("cach_thuc_thuc_hien", "unclear", text))
    said = {(row.channel, row.time, row.unit, row.fee) for row in rows}
    if len(said) > len({row.channel for row in rows}) or any(row.remark_unit for row in rows):
        flags.append(Flagged("cach_thuc_thuc_hien", "contradiction", text))
    return rows


def _documents(values: dict[str, str], flags: list[Flagged]) -> tuple[str, ...]:
    text = _table(values, "can_cu_phap_ly", flags)
    numbers = law.legal_numbers(text)
    if text and not numbers:
        flags.append(Flagged("can_cu_phap_ly", "unparsed", text))
    return numbers


def _levels(text: str) -> tuple[str, ...]:
    return tuple(_LEVELS[level.strip()] for level in text.split(",") if level.strip() in _LEVELS)


def _decision(text: str) -> str | None:
    number = text.replace(" ", "").removeprefix("SỐ")
    return number if re.fullmatch(r"(?:\d+[a-z]?|QĐ)/[\w/-]+", number) else None


def _offices(values: dict[str, str], *columns: str) -> tuple[str, ...]:
    """The offices that the first of the columns with any names.

    Townships ended with the districts, so "xã, phường, thị trấn" is said without its last word.
    """
    for column in columns:
        text = values.get(column, "")
        if text not in _NOTHING and not _PAGE.search(text):
            text = re.sub(r",? ?(?:và |hoặc )?thị trấn\b", "", text)
            names = (name.strip(" .,") for name in re.split(r"[.;\n]|, (?=[A-ZĐỦÚ])", text))
            return tuple(dict.fromkeys(name for name in names if 0 < len(name) <= _LONGEST_OFFICE))
    return ()


def _results(values: dict[str, str], flags: list[Flagged]) -> tuple[str, ...]:
    """The names of the results; each is followed by its code, the last one by the page's key words."""
    text = values.get("ket_qua_xu_ly", "")
    if "bản chính" in text or any(head in text for head in TABLES.values()):
        flags.append(Flagged("ket_qua_xu_ly", "scrambled", text))
        return ()
    names = (part.strip(" .;\n-") for part in _RESULT_CODE.split(text.split("Từ khóa")[0]))
    return tuple(dict.fromkeys(name for name in names if name not in _NOTHING))


def _texts(values: dict[str, str], flags: list[Flagged]) -> dict[str, str]:
    """The running texts; one that is cut off from the page around it is flagged with what it was."""
    texts = {}
    for column in ("doi_tuong_thuc_hien", "dia_chi_tiep_nhan", "trinh_tu_thuc_hien", "yeu_cau_dieu_kien"):
        whole = values.get(column, "")
        text = _PAGE.split(whole)[0].removesuffix("Không có thông tin").strip()
        if any(head in text for head in TABLES.values()):
            flags.append(Flagged(column, "scrambled", whole))
        elif text not in _NOTHING:
            texts[column] = text
    return texts
