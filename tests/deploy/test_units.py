"""What ships for operators: systemd units, compose file and proxy say what the code understands."""

from __future__ import annotations

import re
import subprocess

import pytest
import yaml

from settings import Settings
from tests.running import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
COMPOSE = yaml.safe_load((DEPLOY / "compose.yml").read_text(encoding="utf-8"))
OWN = {"MOTCUA_CACHE", "HOME", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}
FIXED_IN_THE_IMAGE = {
    *("VAR_DIR", "ENCODER", "SPEECH_MODEL", "RATE_LIMITS", "RASA_PORT", "RASA_MEMORY_MB", "ACTIONS_PORT", "LOG_LEVEL"),
    *("TZ", "TWILIO_API_BASE", "ZALO_API_BASE", "ZALO_OAUTH_BASE", "ZALO_ZNS_BASE"),
}
MOST_EXPOSED = 20  # of 100, in the measure of systemd itself


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_is_sandboxed(unit: object) -> None:
    command = ["systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSED}", str(unit)]
    found = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert found.returncode == 0, found.stdout[-400:]


def test_units_are_well_formed() -> None:
    files = [str(path) for path in (DEPLOY / "systemd").iterdir()]
    found = subprocess.run(
        ["systemd-analyze", "verify", *files], capture_output=True, text=True, timeout=60, check=False
    )
    complaints = [line for line in found.stderr.splitlines() if "not executable" not in line]
    assert [line for line in complaints if "motcua" in line] == []


def test_the_compose_file_sets_only_settings_there_are() -> None:
    known = {name.upper() for name in Settings.model_fields}
    for name in ("prepare", "one", "two", "backup"):
        assert set(COMPOSE["services"][name]["environment"]) - OWN <= known


def test_the_compose_file_passes_on_every_setting_of_an_operator() -> None:
    passed = set(COMPOSE["services"]["one"]["environment"])
    assert {name.upper() for name in Settings.model_fields} - FIXED_IN_THE_IMAGE <= passed


def test_replicas_are_reached_only_through_the_network_they_trust() -> None:
    services, networks = COMPOSE["services"], COMPOSE["networks"]
    shared = set(services["nginx"]["networks"]) & set(services["one"]["networks"])
    (trusted,) = (config["subnet"] for config in networks["inside"]["ipam"]["config"])
    assert (shared, services["one"]["environment"]["TRUSTED_PROXIES"]) == ({"inside"}, trusted)


def test_only_the_proxy_is_published_and_images_are_pinned() -> None:
    published = [name for name, service in COMPOSE["services"].items() if "ports" in service]
    assert published == ["nginx"]
    assert COMPOSE["networks"]["inside"]["internal"] is True
    images = [service["image"] for service in COMPOSE["services"].values()]
    assert [image for image in images if not re.search(r":\d+\.\d+", image)] == []


def test_no_secret_has_a_value_in_what_ships() -> None:
    text = (DEPLOY / "compose.yml").read_text(encoding="utf-8")
    secrets = re.findall(r"(?:PASSWORD|SECRET|TOKEN|KEY)\w*: (.+)", text)
    assert secrets
    assert [value for value in secrets if not re.fullmatch(r"\$\{\w+:[?-]\}", value)] == []
    example = (DEPLOY / "compose.env.example").read_text(encoding="utf-8")
    assert re.findall(r"^\w*(?:PASSWORD|SECRET|TOKEN|KEY)\w*=.+", example, re.MULTILINE) == []
    asked = set(re.findall(r"\$\{(\w+)", text))
    assert asked - set(re.findall(r"^(\w+)=", example, re.MULTILINE)) <= {"SECRET_KEY"}


def test_rasa_is_told_to_listen_on_loopback_only() -> None:
    for file in (DEPLOY / "nginx" / "motcua.conf", DEPLOY / "compose.yml"):
        assert not re.search(r"\b(5005|5055)\b", file.read_text(encoding="utf-8"))
