"""Made-up records in the shape of the portal's export: flattened tables, page furniture, zeros that are no waiver."""

from __future__ import annotations

import json
from pathlib import Path

CHANNELS = "Hình thức nộpThời gianPhí, lệ phíMô tả"
PAPERS = "Tên giấy tờMẫu đơn, tờ khaiSố lượng"
LAW = "Tên văn bản pháp lýMã văn bản"
PAGE = "Từ khóaKhông có thông tinMô tảkhông"


def record(code: str = "1.990001", **columns: str) -> dict[str, str]:
    """A sound record; `columns` replace its own."""
    sound = {
        "ma_thu_tuc": code,
        "ten_thu_tuc": f"Thử cấp phép thả diều số {code}",
        "linh_vuc": "Thả diều",
        "so_quyet_dinh": "12/QĐ-BTD",
        "cap_thuc_hien": "Cấp xã",
        "doi_tuong_thuc_hien": "Công dân Việt Nam",
        "co_quan_co_tham_quyen": "Ủy ban Nhân dân xã, phường, thị trấn.",
        "dia_chi_tiep_nhan": "",
        "trinh_tu_thuc_hien": "Bước 1: Gửi đơn.\nBước 2: Nhận giấy.",
        "cach_thuc_thuc_hien": f"{CHANNELS}Trực tuyến3 Ngày làm việc50,000 VNĐ(50.000 đồng/giấy)"
        "Trực tiếp3 Ngày làm việc50,000 VNĐ(50.000 đồng/giấy)",
        "thanh_phan_ho_so": f"--{PAPERS}Đơn xin thả diềuMau don.docx1 bản chính- Ảnh cái diều;0 bản chính,2 bản sao",
        "can_cu_phap_ly": f"{LAW}Nghị định về diều 11/2020/NĐ-CP ngày 01/01/202012/2021/NĐ-CPLuật Diều9/2020/QH14",
        "yeu_cau_dieu_kien": "Không có thông tin",
        "ket_qua_xu_ly": f"Giấy phép thả diềuMã: KQ.G99.000001{PAGE}",
    }
    return sound | columns


def many(count: int) -> list[dict[str, str]]:
    """Different sound records, and some with the portal's defects."""
    defects = (
        {},
        {"cach_thuc_thuc_hien": f"{CHANNELS}Trực tuyến120 VNĐ"},
        {"cach_thuc_thuc_hien": f"{CHANNELS}Trực tuyến5 NgàyMiễn phíTrực tiếp7 NgàyMiễn phí"},
        {"thanh_phan_ho_so": f"lẫn {CHANNELS}"},
        {"trinh_tu_thuc_hien": "Bước 1: Nộp tại UBND cấp huyện."},
        {"thanh_phan_ho_so": f"--{PAPERS}Sổ hộ khẩu0 bản chính,1 bản sao"},
    )
    return [record(f"1.99{number:04}", **defects[number % len(defects)]) for number in range(count)]


def write(path: Path, records: list[dict[str, str]]) -> Path:
    """A JSON Lines file of `records`."""
    path.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in records) + "\n", encoding="utf-8")
    return path
