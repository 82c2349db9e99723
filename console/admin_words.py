"""The Vietnamese words of the pages for administrators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from console.roles import ROLE_NAMES

KNOWN = {
    "phone": "Số điện thoại", "cccd": "Số định danh cá nhân", "cmnd": "Số CMND cũ", "email": "Thư điện tử",
    "dossier": "Mã hồ sơ", "ticket": "Số yêu cầu (CB, GL, PA, TN)", "conversation": "Mã cuộc trò chuyện",
}  # fmt: skip
TABLES = {
    "conversations": "cuộc trò chuyện", "turns": "lời nói", "inbox": "tin đang xử lý", "outbox": "tin đang gửi",
    "sealed_values": "giá trị đã ẩn", "tickets": "yêu cầu", "ticket_photos": "ảnh kèm yêu cầu", "ratings": "đánh giá",
    "calls": "cuộc gọi", "call_turns": "lượt trong cuộc gọi", "dossiers": "hồ sơ", "dossier_attempts": "lần tra hồ sơ",
    "reminders": "lời nhắc hẹn", "moves": "lần chuyển máy", "guesses": "lần thử mã", "recordings": "bản ghi âm",
    "tracker_events": "dấu vết hội thoại",
}  # fmt: skip
PERIODS = {
    "conversations": "Cuộc trò chuyện, sau tin nhắn cuối",
    "sealed_values": "Giá trị cá nhân đã ẩn, sau tin nhắn cuối",
    "tickets": "Yêu cầu, sau khi đóng",
    "attempts": "Lần tra cứu hồ sơ",
    "dossiers": "Hồ sơ, sau khi trả kết quả",
    "audit": "Nhật ký của cán bộ",
}
SECTIONS = (
    ("/console/profile", "Hồ sơ tỉnh"),
    ("/console/retention", "Thời hạn lưu"),
    ("/console/subjects", "Dữ liệu của một người"),
)
DETAILS = {
    "revision": "bản", "snapshot": "lần xuất bản", "role": "vai trò", "active": "được đăng nhập",
    "unlocked": "bỏ tạm khoá", "totp_off": "tắt mã xác thực", "text": "câu", "drafts": "số bản nháp",
    "fields": "mục đã đổi", "how": "cách", "to": "cho", "before": "trước đó", "entry": "mục", "lessons": "số câu",
    "by": "tìm theo", "found": "số dòng", "erased": "đã xoá", "questions": "số câu", "reason": "lý do",
}  # fmt: skip
_VALUES: Mapping[Any, str] = {
    **ROLE_NAMES, **KNOWN, "sso": "tài khoản của tỉnh", "reached": "đã nói chuyện", "no_answer": "không nghe máy",
    "busy": "máy bận", "wrong_number": "sai số",
}  # fmt: skip


def details(noted: Mapping[str, Any]) -> str:
    """What an audit record says beside who, what and when."""
    return "; ".join(
        f"{DETAILS.get(name, PERIODS.get(name, name))}: {_said(value)}"
        for name, value in noted.items()
        if value is not None
    )


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "có" if value else "không"
    return _VALUES.get(value, str(value)) if isinstance(value, str) else str(value)
