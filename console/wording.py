"""The Vietnamese words of the console that are not in a template, and how moments and states are shown."""

from __future__ import annotations

import re
from datetime import datetime

from bot.privacy import PLACEHOLDER
from console.roles import Permission
from knowledge.province import ZONE
from store.base import now
from store.tickets import TicketRow

SECTIONS: tuple[tuple[Permission, str, str], ...] = (
    ("entries.read", "/console/entries", "Nội dung"),
    ("unanswered", "/console/unanswered", "Chưa trả lời"),
    ("numbers", "/console/numbers", "Số liệu"),
    ("notices", "/console/notices", "Thông báo"),
    ("users", "/console/users", "Tài khoản"),
    ("audit", "/console/audit", "Nhật ký"),
    ("settings", "/console/profile", "Thiết lập"),
)
HERE = {
    "desk": "/console", "ticket": "/console", "replies": "/console", "parked": "/console",
    "compare": "/console/entries", "edit_faq": "/console/entries", "edit_procedure": "/console/entries",
    "entries": "/console/entries", "entry": "/console/entries", "names": "/console/entries",
    "review": "/console/entries", "upload": "/console/entries", "learning": "/console/unanswered",
    "unanswered": "/console/unanswered", "numbers": "/console/numbers", "report": "/console/numbers",
    "notices": "/console/notices", "users": "/console/users", "audit": "/console/audit", "profile": "/console/profile",
    "retention": "/console/profile", "subjects": "/console/profile",
}  # fmt: skip
KINDS = {"hand_over": "Gặp cán bộ", "callback": "Gọi lại", "complaint": "Phản ánh", "voicemail": "Lời nhắn"}
TICKET_STATES = {"open": "Chờ", "taken": "Đang xử lý", "closed": "Đã đóng"}
ATTEMPTS = {
    "reached": "Đã nói chuyện", "no_answer": "Không nghe máy", "busy": "Máy bận", "wrong_number": "Sai số",
}  # fmt: skip
PRESENCES = {"here": "đang trực", "busy": "tạm vắng", "gone": "không có mặt"}
CHANNELS = {"web": "Trang web", "zalo": "Zalo", "phone": "Điện thoại"}
ENTRY_KINDS = {"procedure": "Thủ tục", "faq": "Hỏi đáp"}
REVISION_STATES = {"draft": "Bản nháp", "review": "Chờ duyệt", "published": "Đã xuất bản", "retired": "Bản cũ"}
CONFIDENCES = {"high": "Chắc chắn", "medium": "Khá chắc", "low": "Chưa chắc"}
LEVELS = {
    "commune": "Cấp xã", "province": "Cấp tỉnh", "ministry": "Bộ, ngành", "several": "Nhiều cấp", "unknown": "Chưa rõ",
}  # fmt: skip
FEE_KINDS = {
    "free": "Miễn phí theo quy định", "fixed": "Một mức", "varies": "Tuỳ trường hợp", "province": "Do tỉnh quy định",
    "unknown": "Chưa rõ",
}  # fmt: skip
UNITS = {
    "working_day": "ngày làm việc", "day": "ngày", "working_hour": "giờ làm việc", "hour": "giờ", "month": "tháng",
    "year": "năm", "session": "buổi", "unknown": "chưa rõ",
}  # fmt: skip
ONLINE = {"full": "Toàn trình", "partial": "Một phần", "none": "Không", "unknown": "Chưa rõ"}
PAPER_FORMS = {
    "original": "bản chính", "copy": "bản sao", "certified_copy": "bản sao chứng thực",
    "original_or_copy": "bản chính hoặc bản sao", "show": "xuất trình", "electronic": "bản điện tử",
    "declare": "tờ khai", "unknown": "chưa rõ",
}  # fmt: skip
TOPICS = {
    "chinh_quyen_2_cap": "Chính quyền hai cấp", "du_lieu": "Dữ liệu cá nhân", "gioi_han": "Việc trợ lý không làm",
    "ket_qua": "Nhận kết quả", "ky_so": "Ký số", "nhanh": "Trả lời nhanh", "noi_nop": "Nơi nộp",
    "nop_ho_so": "Nộp hồ sơ", "phan_anh": "Phản ánh, kiến nghị", "phi": "Phí, lệ phí", "ten_goi": "Tên gọi giấy tờ",
    "thoi_han": "Thời hạn", "tra_cuu": "Tra cứu hồ sơ", "trang_thai": "Trạng thái hồ sơ", "uy_quyen": "Uỷ quyền",
    "vneid": "VNeID",
}  # fmt: skip
AGES = {"180": "Dưới 6 tháng", "365": "6 đến 12 tháng", "old": "Trên 12 tháng", "unknown": "Chưa rõ ngày"}
VALIDITIES = {"starts": "Sắp có hiệu lực", "ends": "Sắp hết hiệu lực", "over": "Đã hết hiệu lực"}
WAYS = {"in_person": "trực tiếp", "online": "trên mạng", "post": "qua bưu chính"}
OUTCOMES = {"new": "thêm mới", "changed": "thay đổi", "same": "không đổi", "wrong": "sai"}
BASES = {
    "portal": "Cổng Dịch vụ công", "law": "Văn bản pháp luật", "province": "Tỉnh cung cấp",
    "unverified": "Chưa đối chiếu",
}  # fmt: skip
ACTIONS = {
    "signed in": "đăng nhập", "signed out": "đăng xuất", "sign-in failed": "đăng nhập sai", "locked out": "bị tạm khoá",
    "accepted an invitation": "tạo tài khoản từ lời mời", "added an account": "thêm tài khoản",
    "invited": "mời người mới", "changed an account": "sửa tài khoản", "changed the password": "đổi mật khẩu",
    "reset the password": "đặt lại mật khẩu cho người khác", "chose a new password": "đặt mật khẩu mới",
    "turned one-time codes on": "bật mã xác thực", "turned one-time codes off": "tắt mã xác thực",
    "read a conversation": "đọc cuộc trò chuyện", "opened personal values": "xem thông tin đã ẩn",
    "listened to a message": "nghe lời nhắn", "looked at photographs": "xem ảnh kèm phản ánh",
    "took a ticket": "nhận yêu cầu", "wrote to a citizen": "viết cho người dân", "noted": "ghi chú nội bộ",
    "changed the profile": "sửa hồ sơ tỉnh", "changed the retention": "sửa thời hạn lưu",
    "subject.find": "tìm dữ liệu của một người", "subject.export": "xuất dữ liệu của một người",
    "subject.erase": "xoá dữ liệu của một người",
    "linked the sign-on": "nối tài khoản của tỉnh", "unlinked the sign-on": "thôi nối tài khoản của tỉnh",
    "is available": "nhận việc", "is away": "tạm vắng", "called a citizen": "gọi cho người dân",
    "marked an answer as wrong": "đánh dấu câu trả lời sai", "wrote a canned reply": "soạn câu trả lời sẵn",
    "removed a canned reply": "bỏ câu trả lời sẵn",
    "transferred a ticket": "chuyển yêu cầu", "closed a ticket": "đóng yêu cầu", "saved a draft": "lưu nháp",
    "asked for review": "gửi duyệt", "sent back a draft": "trả lại bản nháp", "published": "xuất bản",
    "retried a message": "thử lại một tin bị kẹt", "discarded a message": "bỏ một tin bị kẹt",
    "restored": "khôi phục bản cũ", "removed from answers": "gỡ khỏi trả lời",
    "imported entries": "nhập từ tệp",
    "closed a question": "bỏ qua câu chưa trả lời",
    "proposed a lesson": "đề xuất câu dạy trợ lý", "accepted a lesson": "nhận câu dạy trợ lý",
    "refused a lesson": "bỏ câu dạy trợ lý", "asked for training": "cho trợ lý học lại",
    "put a banner": "báo khẩn cấp", "ended a banner": "thôi báo khẩn cấp",
    "put a notice": "báo cho người dân", "ended a notice": "thôi báo", "put a pause": "tạm dừng trợ lý",
    "ended a pause": "cho trợ lý chạy lại",
}  # fmt: skip
RULES = {
    "no-source": "thiếu nguồn", "zero-as-free": "ghi 0 đồng như miễn phí", "repealed": "văn bản đã hết hiệu lực",
    "example-is-name": "câu hỏi mẫu trùng tên", "stale-district": "còn ghi cấp huyện",
    "household-book": "còn đòi sổ hộ khẩu", "empty-field": "mục trống", "scrambled": "chữ bị dính",
    "unspeakable": "khó đọc thành tiếng", "personal-data": "có thông tin cá nhân", "misspelt": "sai chính tả",
    "unknown-related": "mục liên quan không có", "shared-example": "câu hỏi mẫu trùng mục khác",
    "contradiction": "mâu thuẫn", "near-duplicate": "gần trùng mục khác",
}  # fmt: skip
FIELDS = {
    "title": "tên", "official_title": "tên chính thức", "field": "lĩnh vực", "topic": "chủ đề", "summary": "tóm tắt",
    "who": "ai được làm", "documents": "giấy tờ", "documents_note": "ghi chú giấy tờ", "fee": "lệ phí",
    "time": "thời gian", "place": "nơi nộp", "steps": "các bước", "conditions": "điều kiện", "online": "trên mạng",
    "result": "kết quả", "deadline": "thời hạn", "forms": "mẫu đơn", "legal_basis": "căn cứ pháp luật",
    "decision": "quyết định", "related": "mục liên quan", "answer": "trả lời", "spoken": "trả lời qua điện thoại",
    "common_names": "tên thường gọi", "examples": "câu hỏi mẫu", "sources": "nguồn", "review": "cán bộ duyệt",
    "confidence": "mức chắc chắn", "valid_from": "hiệu lực từ", "valid_until": "hiệu lực đến", "notes": "ghi chú",
    "origin": "nguồn gốc", "sensitive": "thủ tục nhạy cảm",
}  # fmt: skip
TRAINING_STATES = {
    "waiting": "đang chờ", "running": "đang học", "better": "tốt hơn, đã dùng",
    "no_better": "không tốt hơn, không dùng", "failed": "lỗi, không dùng",
}  # fmt: skip
REASONS = {
    "unanswered": "không trả lời được", "clarification": "hỏi lại rồi thôi", "wrong": "bị chê",
    "handed_over": "phải gặp cán bộ",
}  # fmt: skip
AUTHORED = {"seed": "có sẵn khi cài đặt", "import": "nhập từ Cổng"}
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
    "transferred": "Đã chuyển.",
    "linked": "Đã nối. Lần sau đăng nhập được bằng tài khoản của tỉnh.",
    "tried": "Đã ghi cuộc gọi.",
    "profile": "Đã lưu. Mọi kênh nói theo bản mới trong vòng một phút.",
    "retention": "Đã lưu. Dùng từ lần dọn tới, trong vòng một giờ.",
    "marked": "Đã đánh dấu câu trả lời sai. Người biên tập sẽ thấy trong mục Chưa trả lời.",
    "signed_out": "Đã đăng xuất.",
    "saved": "Đã lưu.",
    "retried": "Đang thử lại. Nếu vẫn lỗi, tin sẽ trở lại trang này.",
    "discarded": "Đã bỏ tin và xoá nội dung.",
    "submitted": "Đã gửi duyệt. Người khác sẽ xuất bản.",
    "sent_back": "Đã trả lại người soạn.",
    "named": "Đã nhận tên gọi vào bản nháp và gửi duyệt.",
    "imported": "Đã nhập thành bản nháp.",
    "added": "Đã thêm vào bản nháp. Xem lại rồi bấm Gửi duyệt.",
    "dismissed": "Đã đóng. Có người hỏi lại mà không được thì câu này trở lại.",
    "proposed": "Đã đưa vào câu dạy trợ lý. Người khác sẽ xem lại.",
    "lesson": "Đã ghi nhận.",
    "training": "Trợ lý sẽ học lại trong nền; chỉ dùng bản mới khi đo thấy tốt hơn.",
    "published_all": "Đã xuất bản các mục đã chọn. Trợ lý trả lời theo bản mới trong vài giây.",
    "published": "Đã xuất bản. Trợ lý trả lời theo bản mới trong vài giây.",
    "removed": "Đã gỡ. Trợ lý thôi trả lời bằng mục này trong vài giây; bấm Khôi phục cạnh một bản để dùng lại.",
    "restored": "Đã khôi phục bản cũ. Trợ lý trả lời theo bản đó trong vài giây.",
    "password": "Đã đổi mật khẩu. Các máy khác đã bị đăng xuất.",
    "totp_on": "Đã bật mã xác thực.",
    "totp_off": "Đã tắt mã xác thực.",
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


def moment(text: str) -> str:
    """A stored ISO moment as `clock` shows it."""
    return clock(datetime.fromisoformat(text))


def subject_name(subject: str) -> str:
    """A field or topic as staff read it."""
    return TOPICS.get(subject, subject)


def field_name(path: str) -> str:
    """A field of an entry in Vietnamese, from a dotted path such as ``documents[2].name``."""
    name = re.split(r"[.\[]", path, maxsplit=1)[0]
    return FIELDS.get(name, name)


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
