"""A vague question asks back; one that names its member does not."""

from __future__ import annotations

import pytest
import yaml

from knowledge import families

RAW = yaml.safe_load((families._FILE).read_text(encoding="utf-8"))
TRIGGERS = [(raw["id"], trigger) for raw in RAW for trigger in raw["triggers"]]
CLEAR = [clear for raw in RAW for member in raw["members"] for clear in member["clear"]]


@pytest.mark.parametrize(("family", "trigger"), TRIGGERS)
def test_every_trigger_asks_also_with_courtesy_and_an_aspect(family: str, trigger: str) -> None:
    for text in (trigger, f"cho em hỏi {trigger} cần giấy tờ gì ạ"):
        found = families.family_of(text)
        assert found is not None
        assert found.id == family


def test_no_clear_wording_asks() -> None:
    assert [clear for clear in CLEAR if families.family_of(clear)] == []
