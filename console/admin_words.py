"""The Vietnamese words of the pages for administrators."""

from __future__ import annotations

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
