"""Dossier codes as citizens write, say and press them. The day is 21/11/2026 throughout."""

from datetime import date

import pytest

from knowledge.dossier_code import (
    NotADossierCode,
    ParsedCode,
    find_dossier_codes,
    parse_dossier_code,
    parse_keypad_code,
)

TODAY = date(2026, 11, 21)
NEW = "H56.14-240823-0001"
OLD = "000.00.06.H56-231027-0361"
JOINT = "G22.99.08-260921-896048"

WRITTEN = [
    ("H56.14-240823-0001", NEW),
    ("h56.14-240823-0001", NEW),
    ("  H56.14-240823-0001 \n", NEW),
    ("H56.14 - 240823 - 0001", NEW),
    ("H 56 . 14 - 24 08 23 - 00 01", NEW),
    ("H56. 14-240823 -0001", NEW),
    ("H56.14–240823—0001", NEW),
    ("H56.14_240823_0001", NEW),
    ("H56.14/240823/0001", NEW),
    ("H56.14 240823 0001", NEW),
    ("H56 14 240823 0001", NEW),
    ("H56-14-240823-0001", NEW),
    ("H5614-240823-0001", NEW),
    ("H56142408230001", NEW),
    ("H 5 6 1 4 2 4 0 8 2 3 0 0 0 1", NEW),
    ("H56.14-240823-1", NEW),
    ("H56.14-240823-01", NEW),
    ("H56 14 240823 1", NEW),
    ("H56.14-24O823-OOO1", NEW),
    ("h56.14-24o823-ooo1", NEW),
    ("56.14-240823-0001", NEW),
    ("Ｈ５６．１４－２４０８２３－０００１", NEW),
    ("H\u200b56.14-240823-0001", NEW),
    ("(H56.14-240823-0001)", NEW),
    ("Mã hồ sơ: H56.14-240823-0001.", NEW),
    ("HS H56.14-240823-0001", NEW),
    ("H56.14.03-240823-0001", "H56.14.03-240823-0001"),
    ("H56 14 03 240823 0001", "H56.14.03-240823-0001"),
    ("H30.15-230601-123456", "H30.15-230601-123456"),
    ("G01.899-250102-00012", "G01.899-250102-00012"),
    ("000.00.06.H56-231027-0361", OLD),
    ("000.00.06.h56 - 231027 - 361", OLD),
    ("OOO.OO.O6.H56-231O27-O361", OLD),
    ("0.0.6.H56-231027-361", OLD),
    ("000.00.06.56-231027-0361", OLD),
    ("0000006H56-231027-0361", OLD),
    ("000 00 06 H56 231027 0361", OLD),
    ("000.17.22.H56-210531-0001", "000.17.22.H56-210531-0001"),
    ("G22.99.08-260921-896048", JOINT),
    ("g22.99.08 260921 896048", JOINT),
    ("22.99.08-260921-896048", JOINT),
    ("G2299.08-260921-896048", JOINT),
    ("G22.99.09-240114-0001", "G22.99.09-240114-0001"),
    ("H56.14-240823-0001 so cuoi la 1234", NEW),
    ("h56 14 240823 1 số cuối 1234", NEW),
    ("tháng 5 nộp H56.14-240823-0001 năm ngoái", NEW),
]

SPOKEN = [
    ("hát năm sáu chấm một bốn gạch hai bốn không tám hai ba gạch không không không một", NEW),
    ("hắt năm sáu chấm mười bốn gạch ngang hai tư không tám hai ba gạch ngang một", NEW),
    ("dạ mã là hát năm sáu chấm mười bốn trừ hai mươi bốn không tám hai mươi ba trừ không không không một ạ", NEW),
    ("hờ năm sáu, chấm, mười bốn, xuyệc, hai bốn, không tám, hai ba, xuyệc, linh linh linh một", NEW),
    ("hát năm sáu chấm mười bốn gạch hai bốn không tám hai ba gạch không không không một số cuối là 1 2", NEW),
    ("h 56 chấm 14 gạch 240823 gạch 0001", NEW),
    ("H56 chấm 14 xẹt 24 08 23 xẹt 1", NEW),
    ("hat nam sau cham muoi bon gach ngang hai bon khong tam hai ba gach ngang mot", NEW),
    ("năm sáu chấm mười bốn gạch hai bốn không tám hai ba gạch một", NEW),
    ("hát năm sáu dấu chấm mười bốn dấu gạch ngang hai bốn không tám hai ba gạch nối một", NEW),
    ("hát ba mươi chấm mười lăm gạch hai ba không sáu không một gạch một hai ba", "H30.15-230601-0123"),
    ("hát ba mươi chấm mười lăm gạch hai ba không sáu không một gạch một trăm hai ba", "H30.15-230601-0123"),
    ("hát ba mươi chấm mười lăm gạch hai ba không sáu không một gạch ba trăm linh năm", "H30.15-230601-0305"),
    ("hát ba mươi chấm mười lăm gạch hai ba không sáu không một gạch hai trăm mười", "H30.15-230601-0210"),
    ("hát ba mươi chấm mười lăm gạch hai ba không sáu không một gạch hai trăm", "H30.15-230601-0200"),
    ("hát ba mươi chấm mười lăm gạch hai ba không sáu không một gạch hai mươi mốt", "H30.15-230601-0021"),
    ("hát năm sáu chấm mười bốn gạch hai sáu không chín không năm gạch mười", "H56.14-260905-0010"),
    ("hát chín chín chấm mười bốn gạch hai sáu mười một không năm gạch mười hai", "H99.14-261105-0012"),
    (
        "không không không chấm không không chấm không sáu chấm hát năm sáu, hai ba một không hai bảy, ba sáu mốt",
        OLD,
    ),
    ("gờ hai hai chấm chín chín chấm không tám gạch hai sáu không chín hai mốt gạch tám chín sáu không bốn tám", JOINT),
    (
        "gờ hai hai chấm chín chín chấm không tám gạch hai sáu không chín hai mốt, 896048, bốn số cuối là một hai",
        JOINT,
    ),
]

NOT_CODES = [
    ("", "empty"),
    ("   ", "empty"),
    ("tôi muốn làm khai sinh", "none"),
    ("không biết", "none"),
    ("0912345678", "none"),
    ("G22.99.3-241219795252", "payment_code"),
    ("gờ hai hai chấm chín chín chấm ba gạch hai bốn một hai một chín bảy chín năm hai năm hai", "payment_code"),
    ("1.001193", "procedure_code"),
    ("thủ tục một chấm không không một một chín ba", "procedure_code"),
    ("2.000815.000.00.00.H55", "procedure_code"),
    ("2.000815.000.00.00.H55.02", "procedure_code"),
    ("038190012345", "identity_number"),
    ("0381 9001 2345", "identity_number"),
    ("căn cước không ba tám một chín không không một hai ba bốn năm", "identity_number"),
    ("giấy hẹn số 123", "appointment_slip"),
    ("phieu hen 0123", "appointment_slip"),
    ("0123/2026/GTN", "appointment_slip"),
    ("EE123456789VN", "postal_item"),
    ("mã bưu gửi cp 123456789 vn", "postal_item"),
    ("H56.14-241331-0001", "date_invalid"),
    ("H56.14-230229-0001", "date_invalid"),
    ("H56.14-000000-0001", "date_invalid"),
    ("H56.14-261122-0001", "date_in_future"),
    ("H56.14-991231-0001", "date_in_future"),
    ("H56.14-110101-0001", "date_too_old"),
    ("H56-240823-0001", "incomplete"),
    ("H56.14", "incomplete"),
    ("H56.14-240823", "incomplete"),
    ("240823-0001", "incomplete"),
    ("H56.14-240823-0001 và H56.14-240823-0002", "several_codes"),
]


@pytest.mark.parametrize(("said", "code"), WRITTEN + SPOKEN)
def test_a_code_is_understood(said: str, code: str) -> None:
    parsed = parse_dossier_code(said, TODAY)
    assert isinstance(parsed, ParsedCode)
    assert parsed.code == code


@pytest.mark.parametrize(("said", "reason"), NOT_CODES)
def test_what_is_no_code_is_named(said: str, reason: str) -> None:
    assert parse_dossier_code(said, TODAY) == NotADossierCode(reason)


def test_the_parts_of_a_code() -> None:
    assert parse_dossier_code(OLD, TODAY) == ParsedCode(OLD, "old", "000.00.06.H56", date(2023, 10, 27), "0361")
    joint = parse_dossier_code(JOINT, TODAY)
    assert isinstance(joint, ParsedCode)
    assert joint.form == "interlinked"


def test_the_same_code_twice_is_one_code() -> None:
    parsed = parse_dossier_code(f"{NEW}, xin nhắc lại h56 14 240823 1", TODAY)
    assert isinstance(parsed, ParsedCode)
    assert parsed.code == NEW


@pytest.mark.parametrize(
    ("pressed", "code"),
    [
        ("56142408230001", NEW),
        ("142408230001", NEW),
        ("5614032408230001", "H56.14.03-240823-0001"),
        ("0000006562310270361", OLD),
        ("00142611050012", "H00.14-261105-0012"),
        ("00012611050012", "H00.01-261105-0012"),
        ("229908260921896048", JOINT),
        ("14260921000123", "H56.14-260921-000123"),
    ],
)
def test_digits_pressed_on_a_telephone(pressed: str, code: str) -> None:
    parsed = parse_keypad_code(pressed, "H56", TODAY)
    assert isinstance(parsed, ParsedCode)
    assert parsed.code == code


@pytest.mark.parametrize(("pressed", "reason"), [("", "empty"), ("038190012345", "identity_number"), ("1234", "none")])
def test_digits_that_are_no_code(pressed: str, reason: str) -> None:
    assert parse_keypad_code(pressed, "H56", TODAY) == NotADossierCode(reason)


def test_codes_are_found_where_they_stand_in_a_sentence() -> None:
    text = f"Hồ sơ {NEW} của tôi, 4 số cuối 0123, còn {JOINT} thì sao? Tôi trả tiền theo G22.99.3-241219795252."
    spans = find_dossier_codes(text, TODAY)
    assert [text[span.start : span.end] for span in spans] == [NEW, JOINT, "G22.99.3-241219795252"]
    assert spans[2].parsed == NotADossierCode("payment_code")


@pytest.mark.parametrize("text", [f"{NEW} 4321", f"{NEW}. 4321", f"{NEW}, bốn số cuối 4321", f"4321 {NEW}"])
def test_the_digits_beside_a_code_are_not_taken_for_it(text: str) -> None:
    (span,) = find_dossier_codes(text, TODAY)
    assert text[span.start : span.end] == NEW


def test_a_spoken_code_is_cut_out_whole() -> None:
    text = "dạ em nộp từ hôm qua hát năm sáu chấm mười bốn gạch hai bốn không tám hai ba gạch hai mươi mốt chị xem giúp"
    (span,) = find_dossier_codes(text, TODAY)
    assert text[: span.start] + "…" + text[span.end :] == "dạ em nộp từ hôm qua … chị xem giúp"


def test_a_code_with_an_impossible_day_is_still_found() -> None:
    (span,) = find_dossier_codes("mã H56.14-241331-0001 nhé", TODAY)
    assert (span.start, span.end, span.parsed) == (3, 21, NotADossierCode("date_invalid"))
