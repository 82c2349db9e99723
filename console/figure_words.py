"""The Vietnamese words of the pages of figures."""

from __future__ import annotations

OUTCOMES = {
    "answered": "Trả lời được", "clarified": "Trả lời sau khi hỏi lại", "refused": "Không trả lời được",
    "handed_over": "Chuyển cán bộ", "abandoned": "Bỏ dở", "wrong": "Bị đánh giá sai", "other": "Không hỏi gì",
}  # fmt: skip
CALL_OUTCOMES = {
    "answered": "Đã nghe trả lời", "dossier": "Đã tra hồ sơ", "person": "Gặp cán bộ", "callback": "Hẹn gọi lại",
    "voicemail": "Để lại lời nhắn", "complaint": "Để lại phản ánh", "no_input": "Không bấm, không nói",
    "none": "Gác máy giữa chừng",
}  # fmt: skip
CALL_STEPS = {
    "main": "Lời chào, phím chính", "dossier": "Chọn cách tra hồ sơ", "code": "Nhập mã hồ sơ",
    "code_check": "Xác nhận mã hồ sơ", "number": "Nhập 4 số cuối", "dossier_told": "Nghe tình trạng hồ sơ",
    "dossier_refused": "Mã hồ sơ không khớp", "procedures": "Chọn thủ tục", "groups": "Danh sách nhóm",
    "entries": "Danh sách thủ tục", "aspects": "Chọn nội dung hỏi", "aspects_more": "Thêm nội dung hỏi",
    "short_code": "Nhập mã ngắn", "answer": "Nghe trả lời", "hours": "Nghe giờ làm việc", "complaint": "Phản ánh",
    "complaint_how": "Cách phản ánh", "closed": "Ngoài giờ", "busy": "Cán bộ bận", "voicemail": "Lời nhắn",
    "complaint_told": "Nghe số phản ánh và mã PIN", "paused": "Trợ lý tạm dừng",
    "callback": "Hẹn gọi lại", "contact": "Để lại số", "contact_check": "Xác nhận số", "offer": "Mời gặp cán bộ",
    "ended": "Kết thúc", "dialling": "Nối máy", "queued": "Chờ cán bộ", "record": "Ghi lời",
}  # fmt: skip
