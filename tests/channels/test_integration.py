"""``POST /api/integration/dossiers``: what the one-stop system may push, and what of it is kept."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import select

from actions.backends.sql import SqlBackend
from bot import problems
from bot.channels.integration import MAX_BATCH, integration_router
from store.crypto import Vault
from store.dossiers import DossierRow
from store.engine import Database

TOKEN = "a-token-of-the-tests"
CODE = "H00.14-261105-0012"
RECORD: dict[str, Any] = {
    "MaHoSo": CODE,
    "MaTTHC": "1.001193",
    "TenTTHC": "Đăng ký khai sinh",
    "ChuHoSo": "Nguyễn Văn Mẫu",
    "SoGiayToChuHoSo": "099900004826",
    "Email": "mau@example.org",
    "SoDienThoai": "0900000001",
    "TrichYeuHoSo": "Khai sinh cho cháu Bình",
    "NgayNopHoSo": "20261105080000",
    "NgayTiepNhan": "20261105093000",
    "NgayHenTra": "20261127170000",
    "TrangThaiHoSo": "4",
    "GhiChu": "gia đình hoàn cảnh",
}
PERSONAL = ("Nguyễn", "099900004826", "4826", "mau@example.org", "0900000001", "Bình", "hoàn cảnh", CODE)


@pytest.fixture
def client(database: Database, vault: Vault) -> httpx.AsyncClient:
    return client_for(database, vault, SecretStr(TOKEN))


def client_for(database: Database, vault: Vault, token: SecretStr | None) -> httpx.AsyncClient:
    app = FastAPI()
    problems.install(app)
    app.include_router(integration_router(database, vault, token))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


async def push(client: httpx.AsyncClient, *records: Any, token: str = TOKEN, **body: Any) -> httpx.Response:
    sent = json.dumps({"service": "DongBoHoSoMC", "data": list(records), **body})
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    return await client.post("/api/integration/dossiers", content=sent, headers=headers)


def rows(database: Database) -> list[DossierRow]:
    with database.read() as session:
        return list(session.scalars(select(DossierRow)))


async def test_a_pushed_dossier_can_be_looked_up(client: httpx.AsyncClient, database: Database, vault: Vault) -> None:
    answer = await push(client, RECORD)
    assert answer.json() == {"error_code": 0, "accepted": 1, "rejected": [], "status_changed": []}
    found = await SqlBackend(database, vault).find(CODE, "4826")
    assert found is not None
    assert (found.status, found.due_on) == (4, date(2026, 11, 27))
    assert (found.procedure_id, found.procedure_title) == ("1.001193", "Đăng ký khai sinh")


async def test_no_person_is_stored(client: httpx.AsyncClient, database: Database) -> None:
    await push(client, RECORD)
    stored = str([vars(row) for row in rows(database)])
    assert not [value for value in PERSONAL if value in stored]


async def test_the_same_push_again_changes_nothing(client: httpx.AsyncClient, database: Database) -> None:
    first = await push(client, RECORD)
    before = [{**vars(row), "updated_at": None, "_sa_instance_state": None} for row in rows(database)]
    assert (await push(client, RECORD)).json() == first.json()
    assert [{**vars(row), "updated_at": None, "_sa_instance_state": None} for row in rows(database)] == before


async def test_a_change_of_status_is_reported_once(client: httpx.AsyncClient) -> None:
    await push(client, RECORD)
    done = {**RECORD, "TrangThaiHoSo": 9, "NgayKetThucXuLy": "20261120101500"}
    assert (await push(client, done)).json()["status_changed"] == [{"MaHoSo": CODE, "before": 4, "now": 9}]
    assert (await push(client, done)).json()["status_changed"] == []


async def test_what_an_update_leaves_out_stays_as_it_was(
    client: httpx.AsyncClient, database: Database, vault: Vault
) -> None:
    await push(client, {**RECORD, "SoGiayToNguoiUyQuyen": "099911110246"})
    update = {"MaHoSo": CODE, "TrangThaiHoSo": 10, "NgayTra": "20261121090000"}
    assert (await push(client, update)).json()["accepted"] == 1
    for digits in ("4826", "0246"):
        found = await SqlBackend(database, vault).find(CODE, digits)
        assert found is not None
        assert (found.status, found.due_on, found.returned_on) == (10, date(2026, 11, 27), date(2026, 11, 21))


@pytest.mark.parametrize(
    "number",
    [
        {"SoGiayToChuHoSo": "0999 0000 4826"},
        {"SoGiayToChuHoSo": None, "DinhDanhCHS": [{"LoaiDinhDanh": 1, "SoDinhDanh": "099900004826"}]},
        {"SoGiayToChuHoSo": "", "MaSoThue": "9900004826"},
    ],
)
async def test_the_holders_number_is_found_where_it_stands(
    client: httpx.AsyncClient, database: Database, vault: Vault, number: dict[str, Any]
) -> None:
    assert (await push(client, {**RECORD, **number})).json()["accepted"] == 1
    assert await SqlBackend(database, vault).find(CODE, "4826") is not None


async def test_a_sensitive_name_is_not_kept(client: httpx.AsyncClient, database: Database) -> None:
    await push(client, {**RECORD, "TenTTHC": "Xác định, xác định lại mức độ khuyết tật"})
    assert rows(database)[0].procedure_title is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"MaHoSo": ""}, "Thiếu MaHoSo."),
        ({"MaHoSo": "G22.99.3-241219795252"}, "MaHoSo không đúng dạng mã hồ sơ."),
        ({"MaHoSo": ["x"]}, "MaHoSo không đúng dạng mã hồ sơ."),
        ({"TrangThaiHoSo": 11}, "TrangThaiHoSo phải là số từ 1 đến 10."),
        ({"TrangThaiHoSo": None}, "TrangThaiHoSo phải là số từ 1 đến 10."),
        ({"NgayHenTra": "27-11"}, "NgayHenTra không đúng dạng yyyyMMddHHmmss."),
        ({"NgayHenTra": "20261341000000"}, "NgayHenTra không đúng dạng yyyyMMddHHmmss."),
        ({"NgayHenTra": "20261001000000"}, "NgayHenTra sớm hơn NgayTiepNhan."),
        ({"SoGiayToChuHoSo": "B12-X"}, "SoGiayToChuHoSo phải kết thúc bằng bốn chữ số."),
        ({"SoGiayToChuHoSo": None}, "Hồ sơ mới phải có SoGiayToChuHoSo."),
    ],
)
async def test_a_bad_record_is_named_and_harms_no_other(
    client: httpx.AsyncClient, database: Database, change: dict[str, Any], reason: str
) -> None:
    good = {**RECORD, "MaHoSo": "H00.14-261105-0013"}
    answer = (await push(client, {**RECORD, **change}, good)).json()
    assert answer["accepted"] == 1
    assert [rejected["reason"] for rejected in answer["rejected"]] == [reason]
    assert len(rows(database)) == 1


async def test_a_record_that_is_no_object(client: httpx.AsyncClient) -> None:
    answer = (await push(client, "text", None, 5)).json()
    assert answer["accepted"] == 0
    assert len(answer["rejected"]) == 3


async def test_of_one_dossier_sent_twice_the_later_record_counts(client: httpx.AsyncClient, database: Database) -> None:
    answer = (await push(client, RECORD, {**RECORD, "TrangThaiHoSo": 9})).json()
    assert answer["accepted"] == 2
    assert [row.status for row in rows(database)] == [9]


@pytest.mark.parametrize("token", ["", "wrong", TOKEN[:-1], f"{TOKEN}x", "é"])
async def test_only_who_has_the_token_may_push(client: httpx.AsyncClient, database: Database, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}".encode()} if token else {}
    answer = await client.post("/api/integration/dossiers", json={"data": [RECORD]}, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert rows(database) == []


@pytest.mark.parametrize("odd", ["\ud800", "\x00", "x" * 100_000, {"a": [1]}, 1e308, True, "00100"])
@pytest.mark.parametrize("name", ["MaHoSo", "MaTTHC", "TenTTHC", "SoGiayToChuHoSo", "TrangThaiHoSo", "NgayHenTra"])
async def test_odd_values_are_taken_or_refused_but_break_nothing(
    client: httpx.AsyncClient, database: Database, name: str, odd: Any
) -> None:
    answer = await push(client, {**RECORD, name: odd})
    assert answer.status_code == 200
    assert answer.json()["accepted"] == len(rows(database))
    assert all("\x00" not in (row.procedure_title or "") + (row.procedure_id or "") for row in rows(database))


async def test_without_a_configured_token_it_is_closed(database: Database, vault: Vault) -> None:
    answer = await push(client_for(database, vault, None), RECORD, token="None")
    assert answer.status_code == 503
    assert rows(database) == []


async def test_a_batch_has_a_limit(client: httpx.AsyncClient) -> None:
    assert (await push(client, *[RECORD] * (MAX_BATCH + 1))).status_code == 413


@pytest.mark.parametrize("body", [{"service": "XoaHoSo"}, {"data": "text"}, {"data": None}])
async def test_another_service_or_shape_is_refused(client: httpx.AsyncClient, body: dict[str, Any]) -> None:
    assert (await push(client, **body)).status_code == 422
