"""What Prometheus reads of a running Motcua, and that no metric names anybody."""

from __future__ import annotations

import re
import time

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.privacy import find
from tests.running import ROOT, Running

pytestmark = [pytest.mark.rasa, pytest.mark.xdist_group("motcua")]
SAID = "tôi tên là Nguyễn Văn Kiểm, căn cước 079190000123, gọi 0918273645, thư kiem.thu@example.vn"
ALERTS = ROOT / "deploy" / "prometheus" / "alerts.yml"


def scraped(running: Running) -> str:
    """The metrics as Prometheus gets them."""
    answer = httpx.get(f"http://127.0.0.1:{running.environment['ACTIONS_PORT']}/metrics", trust_env=False)
    assert answer.status_code == 200
    return answer.text


def test_a_turn_is_counted_and_each_of_its_steps_timed(motcua: Running) -> None:
    assert motcua.chat().say("Đăng ký khai sinh cần giấy tờ gì?")["status"] == "answered"
    samples = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(scraped(motcua))
        for sample in family.samples
    }
    assert samples["motcua_turns_total", "answered", "web"] >= 1
    for step in ("accept", "understand", "dialogue", "compose"):
        assert samples["motcua_turn_step_seconds_count", step] >= 1
    assert samples["motcua_action_seconds_count", "action_answer"] >= 1
    assert samples["motcua_http_requests_total", "/api/chat/messages", "200", "POST"] >= 1
    assert samples["motcua_up", "dialogue"] == 1
    assert samples["motcua_up", "store"] == 1
    assert samples["motcua_snapshot",] == samples["motcua_snapshot_live",] > 0
    assert samples["motcua_disk_free_bytes",] > 0


def test_no_personal_value_stands_in_any_metric(motcua: Running) -> None:
    chat = motcua.chat()
    chat.say(SAID)
    for path in ("/0918273645", "/assets/Nguyễn Văn Kiểm", "/?entry=079190000123", "/api/chat/links/079190000123"):
        motcua.http.get(path, headers=chat.headers)
    motcua.http.request("TÌM0918273645".encode().hex(), "/healthz")
    text = scraped(motcua)
    values = {found.value for found in find(SAID)} | {SAID[found.start : found.end] for found in find(SAID)}
    assert len(values) >= 4
    assert [value for value in values if value in text] == []
    assert str(chat.last["conversation_id"]) not in text


def test_labels_come_from_short_lists(motcua: Running) -> None:
    for n in range(30):
        motcua.http.get(f"/{n}/{time.monotonic_ns()}")
    lines = [line for line in scraped(motcua).splitlines() if line.startswith("motcua_http_requests_total")]
    assert 0 < len(lines) < 150


def test_alerts_speak_of_metrics_there_are_and_lead_to_a_runbook(motcua: Running) -> None:
    text, alerts = scraped(motcua), ALERTS.read_text(encoding="utf-8")
    names = set(re.findall(r"\bmotcua_\w+", alerts))
    assert len(names) > 8
    assert [
        name
        for name in sorted(names)
        if not re.search(rf"^(# HELP )?{name.removesuffix('_total')}", text, re.MULTILINE)
    ] == []
    runbooks = re.findall(r"runbook: (docs/\S+?\.md)", alerts)
    assert len(runbooks) == alerts.count("- alert:")
    assert [name for name in runbooks if not (ROOT / name).is_file()] == []
