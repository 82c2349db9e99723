"""The intents that staff can teach, with Vietnamese names; the other intents make sense in their conversation only."""

from __future__ import annotations

INTENTS = {
    "ask_procedure": "hỏi một thủ tục",
    "ask_general": "hỏi chung về dịch vụ công",
    "ask_hours_place": "hỏi giờ làm việc, địa chỉ",
    "dossier_status": "hỏi hồ sơ đã nộp",
    "human": "gặp cán bộ",
    "callback_request": "muốn được gọi lại",
    "complaint": "phản ánh, khiếu nại",
    "feedback_rating": "góp ý về trợ lý",
    "do_it_for_me": "nhờ làm hộ",
    "legal_advice": "hỏi tư vấn pháp luật",
    "remind_me": "muốn được nhắc",
    "delete_my_data": "muốn xoá dữ liệu của mình",
    "distress": "đang lo lắng, bực bội",
    "scam": "gặp lừa đảo",
    "emergency_police": "cần công an (113)",
    "emergency_fire": "cháy, cứu nạn (114)",
    "emergency_medical": "cấp cứu (115)",
    "emergency_child": "trẻ em gặp nguy (111)",
    "domestic_violence": "bạo lực gia đình",
    "self_harm": "có ý tự làm hại mình",
    "out_of_scope": "ngoài việc của cơ quan",
    "politics": "chuyện chính trị",
    "greet": "chào hỏi",
    "thanks": "cảm ơn",
    "goodbye": "chào tạm biệt",
    "help": "hỏi trợ lý làm được gì",
    "bot_challenge": "hỏi có phải máy không",
    "abuse": "chửi mắng",
}
