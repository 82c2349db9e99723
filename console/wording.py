"""The Vietnamese words of the console that are not in a template, and how moments and states are shown."""

from __future__ import annotations

from datetime import datetime

from bot.privacy import PLACEHOLDER
from console.roles import Permission
from knowledge.province import ZONE
from store.base import now
from store.tickets import TicketRow

SECTIONS: tuple[tuple[Permission, str, str], ...] = ()
KINDS = {"hand_over": "Gặp cán bộ", "callback": "Gọi lại", "complaint": "Phản ánh", "voicemail": "Lời nhắn"}
TICKET_STATES = {"open": "Chờ", "taken": "Đang xử lý", "closed": "Đã đóng"}
CHANNELS = {"web": "Trang web", "zalo": "Zalo", "phone": "Điện thoại"}
AUTHORS = {"citizen": "Người dân", "assistant": "Trợ lý", "person": "Cán bộ", "system": "Hệ thống"}
STATUSES = {
    "answered": "đã trả lời", "clarification": "hỏi lại", "form": "đang điền", "dossier": "hồ sơ",
    "urgent": "khẩn cấp", "handed_over": "chuyển cán bộ", "feedback": "phản ánh", "smalltalk": "chào hỏi",
    "out_of_scope": "ngoài phạm vi", "unanswered": "chưa trả lời được", "unavailable": "gián đoạn",
}  # fmt: skip
HIDDEN = {
    "phone": "số điện thoại", "cccd": "số định danh", "cmnd": "số CMND", "dossier": "mã hồ sơ",
    "payment": "mã thanh toán",
    "passport": "số hộ chiếu", "health": "số thẻ BHYT", "taxcode": "mã số thuế", "account": "số tài khoản",
    "email": "thư điện tử", "name": "họ tên", "birthdate": "ngày sinh", "address": "địa chỉ", "plate": "biển số",
    "digits4": "bốn số cuối",
}  # fmt: skip
NOTICES = {
    "taken": "Đã nhận. Người dân được báo là anh/chị đang trả lời.",
    "written": "Đã gửi cho người dân.",
    "noted": "Đã lưu ghi chú nội bộ.",
    "returned": "Đã trả cuộc trò chuyện cho trợ lý và đóng yêu cầu.",
    "closed": "Đã đóng yêu cầu.",
    "transferred": "Đã chuyển cho đồng nghiệp.",
    "signed_out": "Đã đăng xuất.",
    "saved": "Đã lưu.",
    "welcome": "Tài khoản đã sẵn sàng.",
}


def shown(text: str) -> str:
    """A stored text with each masked value named in brackets instead of its placeholder."""
    return PLACEHOLDER.sub(lambda found: f"[{HIDDEN.get(found[1], 'đã ẩn')}]", text)


def revealed(text: str, values: dict[tuple[str, int], str]) -> str:
    """A stored text with the masked values that are known in clear, and the others named."""
    return shown(PLACEHOLDER.sub(lambda found: values.get((found[1], int(found[2])), found[0]), text))


def is_late(ticket: TicketRow) -> bool:
    """Whether a promise was not kept in time."""
    return ticket.state != "closed" and ticket.promised_until is not None and ticket.promised_until < now()


def clock(at: datetime | None) -> str:
    """A moment in Vietnam: the time alone for today, else with the day."""
    if at is None:
        return "–"
    local = at.astimezone(ZONE)
    return f"{local:%H:%M}" if local.date() == now().astimezone(ZONE).date() else f"{local:%H:%M %d/%m/%Y}"


def since(at: datetime) -> str:
    """How long ago a moment was, in minutes, hours or days."""
    minutes = max(0, int((now() - at).total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} phút"
    return f"{minutes // 60} giờ {minutes % 60} phút" if minutes < 1440 else f"{minutes // 1440} ngày"
