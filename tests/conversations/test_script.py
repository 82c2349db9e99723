"""A conversation that asserts nothing by mistake is refused, with the place where it says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conversations.script import main, read

TURN = "- conversation: Chào\n  turns:\n    - citizen: xin chào\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"{TURN}      stauts: smalltalk\n", "0.turns.0.stauts: Extra inputs"),
        (f"{TURN}      status: small_talk\n", "0.turns.0.status: Input should be"),
        (f"{TURN}      aspect: fees\n", "0.turns.0.aspect: Input should be"),
        (f"{TURN}      says: [113]\n", "0.turns.0.says.0: Input should be a valid string"),
        (f"{TURN}      press: Lệ phí\n      status: answered\n", "one of citizen and press"),
        (TURN, "says what must come back"),
        ("- conversation: Chào\n  turns: []\n", "0.turns"),
        (f"{TURN}      status: smalltalk\n" * 2, "two conversations are called Chào"),
    ],
)
def test_a_mistake_is_refused_with_its_place(
    text: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "chao.yml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"chao\.yml"):
        read(file)
    assert main(tmp_path) == 1
    assert told in capsys.readouterr().out


def test_the_conversations_of_the_repository_are_well_formed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main() == 0
    assert "0 files with findings" in capsys.readouterr().out
