from __future__ import annotations

from benchmarks.portal_scan import runs_in, runs_of

TEXT = "Bước một, người thả diều mang diều và đơn tới nơi nhận hồ sơ rồi chờ lấy giấy hẹn."


def test_twelve_words_in_a_row_are_found_and_eleven_are_not() -> None:
    known = runs_of([TEXT])
    words = TEXT.lower().replace(",", "").rstrip(".").split()
    assert runs_in(f"Nay {' '.join(words[:12])} thôi", known) == [" ".join(words[:12])]
    assert runs_in(f"Nay {' '.join(words[:11])} thôi", known) == []


def test_a_run_is_counted_once() -> None:
    assert len(runs_in(TEXT, runs_of([TEXT]))) == 1
