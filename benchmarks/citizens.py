"""What a mixed day of citizens writes: used by the benchmarks of messages, load and soak."""

from __future__ import annotations

import random
from collections.abc import Iterator

CONVERSATIONS: tuple[tuple[str, ...], ...] = (
    ("chào em", "làm giấy khai sinh cho con cần gì", "mất bao nhiêu tiền", "còn nộp ở đâu", "cảm ơn em"),
    ("lam the can cuoc o dau", "bao lau thi co"),
    ("đăng ký kết hôn cần giấy tờ gì", "thế làm trên mạng được không"),
    ("e mun sang tên sổ đỏ thì lm sao", "thuế bao nhiêu v"),
    ("thời tiết mai thế nào", "tra cứu hồ sơ", "thôi"),
    ("mở quán cà phê nhỏ có phải đăng ký gì không", "hết bao nhiêu tiền", "mấy ngày có giấy"),
    ("mẹ tôi 76 tuổi không có lương hưu, có được trợ cấp không", "cần giấy tờ gì"),
    ("mất bằng lái xe máy làm lại ở đâu", "lệ phí bao nhiêu"),
    ("trung tâm mấy giờ mở cửa", "thứ bảy có làm không"),
    ("đăng ký tạm trú cho sinh viên ở trọ", "nộp qua mạng được không"),
    ("xin giấy xác nhận độc thân", "bao lâu có", "không phải, tôi hỏi đăng ký kết hôn"),
    ("hộ nghèo xét khi nào", "ai được xét"),
    ("xin phép xây nhà cấp bốn", "hồ sơ gồm những gì"),
    ("tôi muốn phản ánh cán bộ", "thôi"),
    ("lý lịch tư pháp số 2 xin ở đâu", "phí bao nhiêu"),
    ("chứng thực bản sao bằng đại học", "bao nhiêu một trang"),
)


def conversations(seed: int) -> Iterator[tuple[str, ...]]:
    """Conversations in random order, for ever."""
    chooser = random.Random(seed)
    while True:
        yield chooser.choice(CONVERSATIONS)


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
