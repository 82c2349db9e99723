"""The dossier form as Rasa drives it: masked messages in, one JSON message out, real store, real demo dossiers."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.backends import BackendError, Dossier
from actions.backends.sql import SqlBackend
from actions.demo_dossiers import demo_rows, load_demo
from actions.dossier_lookup import DossierDesk
from actions.dossier_status import (
    CODE,
    NUMBER,
    ActionDossierStatus,
    AskDossierCode,
    AskDossierDigits,
    ValidateDossierForm,
)
from actions.dossier_text import words
from actions.runtime import Runtime
from bot.privacy import mask
from knowledge.entry import Duration, Fee, Online, Place, Procedure
from store import secrets
from store.conversations import ConversationRow
from store.crypto import Vault
from store.engine import Database

AT = datetime(2026, 11, 21, 3, tzinfo=UTC)
GOOD, DIGITS = "H00.14-261105-0012", "4826"


def procedure(id: str, title: str, sensitive: bool = False) -> Procedure:  # noqa: A002
    return Procedure(
        id=id, title=title, sensitive=sensitive, confidence="high", field="Hộ tịch", fee=Fee(kind="unknown"),
        time=Duration(), place=Place(authority="UBND cấp xã", level="commune"), online=Online(level="unknown"),
    )  # fmt: skip


@dataclass
class Whole:
    """A back end that wants the whole number and knows one dossier."""

    whole_number: bool = True
    asked: list[tuple[str, str]] = field(default_factory=list)

    async def find(self, code: str, number: str) -> Dossier | None:
        self.asked.append((code, number))
        if code.endswith("9999"):
            raise BackendError("down")
        return Dossier(9) if number == "099900004826" else None


@dataclass
class Form:
    """Plays Rasa's part of the form loop for one conversation."""

    runtime: Runtime
    desk: DossierDesk
    conversation: str
    channel: str = "web"
    client: str = "home"
    keys: bool = False
    slots: dict[str, Any] = field(default_factory=lambda: {CODE: None, NUMBER: None, "requested_slot": None})
    seen: list[str] = field(default_factory=list)

    async def say(self, text: str) -> dict[str, Any]:
        with self.runtime.database.write() as session:
            vault = self.runtime.vault
            masked = mask(text, lambda kind, value: secrets.keep(session, vault, self.conversation, kind, value))
        events, _ = await self._run(ValidateDossierForm(self.desk), masked)
        self.slots.update({event["name"]: event["value"] for event in events})
        missing = next((slot for slot in (CODE, NUMBER) if self.slots[slot] is None), None)
        self.slots["requested_slot"] = missing
        step = {
            CODE: AskDossierCode(self.desk),
            NUMBER: AskDossierDigits(self.desk),
            None: ActionDossierStatus(self.runtime, self.desk),
        }[missing]
        events, message = await self._run(step, masked)
        self.slots.update({event["name"]: event["value"] for event in events})
        return message

    async def _run(self, action: Any, text: str) -> Any:
        metadata = {"ch": self.channel, "client": self.client, "keys": self.keys}
        latest = {"text": text, "metadata": metadata, "intent": {"name": "dossier_status"}, "entities": []}
        tracker = Tracker(self.conversation, dict(self.slots), latest, [], False, None, {}, "action_listen")
        dispatcher = CollectingDispatcher()
        events = await action.run(dispatcher, tracker, {})
        self.seen += [text, json.dumps([events, dispatcher.messages], ensure_ascii=False, default=str)]
        return events, (dispatcher.messages[0]["custom"] if dispatcher.messages else None)


@pytest.fixture
def runtime(database: Database, vault: Vault) -> Runtime:
    entries = {
        e.id: e
        for e in (
            procedure("1.001193", "Đăng ký khai sinh"),
            procedure("1.013225", "Xin giấy phép xây nhà mới"),
            procedure("1.001022", "Đăng ký nhận cha, mẹ, con", sensitive=True),
        )
    }
    with database.write() as session:
        load_demo(session, vault, date(2026, 11, 21))
        session.add_all(ConversationRow(id=name, channel="web") for name in ("one", "two", "three"))
    return Runtime(database, vault, cast(Any, SimpleNamespace(entries=entries)), cast(Any, None))


@pytest.fixture
def form(runtime: Runtime) -> Form:
    backend = SqlBackend(runtime.database, runtime.vault)
    desk = DossierDesk(runtime.database, runtime.vault, backend, pace=0.01, clock=lambda: AT)
    return Form(runtime, desk, "one")


def text_of(message: dict[str, Any]) -> str:
    assert message["status"] == "dossier"
    (only,) = message["messages"]
    assert not only["entry_ids"]
    return str(only["text"])


async def test_code_and_digits_are_asked_for_in_turn(form: Form) -> None:
    assert text_of(await form.say("tra cứu hồ sơ")) == words()["ask_code"]
    assert text_of(await form.say(GOOD)) == words()["ask_last_four"]
    told = await form.say(DIGITS)
    assert "Hồ sơ đang được giải quyết." in text_of(told)
    assert "Thủ tục: Đăng ký khai sinh." in text_of(told)
    assert told["details"] == {"dossier": {"status": 4, "late": False}}
    assert form.slots[CODE] is None
    assert form.slots[NUMBER] is None


@pytest.mark.parametrize(
    "said",
    [
        f"hồ sơ {GOOD}, bốn số cuối {DIGITS}",
        f"4 số cuối là {DIGITS}, mã hồ sơ {GOOD}",
        f"mã {GOOD} căn cước 099900004826",
        "hát không không chấm mười bốn gạch hai sáu mười một không năm gạch mười hai, bốn số cuối là bốn tám hai sáu",
    ],
)
async def test_both_in_one_message(form: Form, said: str) -> None:
    assert "đang được giải quyết" in text_of(await form.say(said))


@pytest.mark.parametrize("said", ["4826", "là 4 8 2 6 ạ", "bốn tám hai sáu", "4 số cuối là 4826", "099900004826"])
async def test_ways_to_give_the_digits(form: Form, said: str) -> None:
    await form.say(GOOD)
    assert "đang được giải quyết" in text_of(await form.say(said))


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("G22.99.3-241219795252", "payment_code"),
        ("1.001193", "procedure_code"),
        ("099900004826", "identity_number"),
        ("H00.14-301231-0001", "date_in_future"),
        ("giấy hẹn số 123", "appointment_slip"),
        ("12345", "none"),
    ],
)
async def test_what_is_given_instead_of_a_code_is_named(form: Form, said: str, reason: str) -> None:
    await form.say("tra cứu hồ sơ")
    assert text_of(await form.say(said)) == words()["not_a_code"][reason]


async def test_a_question_in_the_form_is_left_to_the_rules(form: Form) -> None:
    await form.say(GOOD)
    events, _ = await form._run(ValidateDossierForm(form.desk), "mất bao lâu ạ")
    assert events == []


async def test_half_a_number_is_asked_for_again(form: Form) -> None:
    await form.say(GOOD)
    assert text_of(await form.say("123")) == words()["wrong_number_form"]
    assert text_of(await form.say("ở đâu ạ")) == words()["ask_last_four"]
    assert "đang được giải quyết" in text_of(await form.say(DIGITS))


async def test_wrong_code_and_wrong_digits_get_the_same_reply(form: Form) -> None:
    await form.say(GOOD)
    wrong_digits = await form.say("0000")
    await form.say("H00.14-261105-9999")
    wrong_code = await form.say("4826")
    assert (wrong_digits["details"].pop("retry"), wrong_code["details"].pop("retry")) == ("⟦dossier:1⟧", "⟦dossier:2⟧")
    assert wrong_code == wrong_digits
    assert text_of(wrong_digits) == words()["not_found"]


async def test_after_three_mistakes_it_waits_and_another_conversation_is_served(form: Form) -> None:
    for code in ("H00.14-261105-0012", "H00.14-261105-0013", "H00.14-261105-0014"):
        await form.say(f"{code} bốn số cuối 0000")
    refused = text_of(await form.say(f"{GOOD} bốn số cuối {DIGITS}"))
    assert "thử lại sau 24 giờ" in refused
    owner = replace(form, conversation="two", client="elsewhere")
    assert "đang được giải quyết" in text_of(await owner.say(f"{GOOD} bốn số cuối {DIGITS}"))


@pytest.mark.parametrize(
    ("code", "digits"),
    [("H00.14-260616-0002", "6017"), ("H00.14-260617-0001", "4352"), ("H00.15-260618-0010", "2561"),
     ("H00.15-260619-0012", "8704")],
)  # fmt: skip
async def test_a_sensitive_procedure_is_not_named(form: Form, code: str, digits: str) -> None:
    told = json.dumps(await form.say(f"{code}, 4 số cuối {digits}"), ensure_ascii=False).lower()
    for word in ("thủ tục", "khuyết tật", "nhận cha", "lý lịch", "hộ nghèo", "/ask"):
        assert word not in told


async def test_missing_papers_come_with_a_button(form: Form) -> None:
    told = await form.say("H00.14-261008-0010 bốn số cuối 6742")
    titles = [button["title"] for button in told["messages"][0]["buttons"]]
    assert titles == [words()["papers_button"], "Nhắc tôi khi có tin", "Gặp cán bộ"]
    assert "1.013225" in told["messages"][0]["buttons"][0]["payload"]


async def test_rasa_never_sees_a_code_or_a_number(form: Form) -> None:
    await form.say("tra cứu hồ sơ")
    await form.say(GOOD)
    await form.say("099900004826")
    await form.say(f"{GOOD} bốn số cuối 0000")
    seen = " ".join(form.seen)
    for secret in (GOOD, DIGITS, "099900004826", "261105"):
        assert secret not in seen


async def test_a_placeholder_of_another_conversation_opens_nothing(form: Form) -> None:
    await form.say(GOOD)
    stranger = replace(form, conversation="two", slots={CODE: "⟦dossier:1⟧", NUMBER: None, "requested_slot": NUMBER})
    assert text_of(await stranger.say(DIGITS)) == words()["not_found"]


async def test_every_demo_dossier_answers_to_its_numbers(form: Form) -> None:
    for row in demo_rows():
        for who in ("applicant", "authorised"):
            if row.get(who):
                told = await form.say(f"{row['code']} bốn số cuối {row[who][-4:]}")
                assert told["details"]["dossier"]["status"] == row["status"], row["code"]


@pytest.fixture
def whole(runtime: Runtime) -> Form:
    desk = DossierDesk(runtime.database, runtime.vault, Whole(), pace=0.01, clock=lambda: AT)
    return Form(runtime, desk, "three")


async def test_a_system_that_wants_the_whole_number_gets_it_from_the_web(whole: Form) -> None:
    assert text_of(await whole.say(GOOD)) == words()["ask_whole"]
    assert text_of(await whole.say("4826")) == words()["wrong_whole_form"]
    assert "đã có kết quả" in text_of(await whole.say("099900004826"))
    assert cast(Whole, whole.desk.backend).asked == [(GOOD, "099900004826")]


async def test_a_whole_number_is_not_taken_on_zalo_or_by_voice(whole: Form) -> None:
    whole.channel = "zalo"
    assert text_of(await whole.say(GOOD)) == words()["whole_elsewhere"]
    assert text_of(await whole.say("099900004826")) == words()["whole_elsewhere"]
    whole.channel = "phone"
    assert text_of(await whole.say("099900004826")) == words()["wrong_whole_form"]
    whole.keys = True
    assert "đã có kết quả" in text_of(await whole.say("099900004826"))


async def test_a_system_that_is_down_is_admitted(whole: Form) -> None:
    assert text_of(await whole.say("H00.14-261105-9999 căn cước 099900004826")) == words()["unavailable"]
