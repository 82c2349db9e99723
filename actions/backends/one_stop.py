"""The look-up that one-stop systems of provinces publish: ``GetHoSoPublic`` with code and whole identity number."""

from __future__ import annotations

import asyncio
import hmac
import json
from typing import Any

import httpx
import structlog

from actions.backends import BackendError, Dossier
from actions.backends.breaker import Breaker
from knowledge.dossier_fields import day_of, is_sensitive, status_of

log = structlog.get_logger()
MAX_BYTES = 64 * 1024


class OneStopBackend:
    """Asks the province's system each time and keeps nothing.

    base: its address; a password in it (``https://:key@host/api``) is sent as SecretKey. timeout: seconds for a whole
    call. A call is never repeated by itself; after five failures in a row calls pause for half a minute.
    """

    whole_number = True

    def __init__(self, base: str, timeout: float = 3.0, breaker: Breaker | None = None) -> None:
        url = httpx.URL(base)
        self._secret, self._timeout = url.password, timeout
        self._http = httpx.AsyncClient(
            base_url=url.copy_with(username="", password=""),
            timeout=httpx.Timeout(timeout, connect=min(timeout, 1.0)),
            follow_redirects=False,
        )
        self._breaker = breaker or Breaker()

    async def find(self, code: str, number: str) -> Dossier | None:
        """See `DossierBackend.find`. Whatever error the system names, the citizen learns only "not found"."""
        if not self._breaker.allows():
            raise BackendError("resting")
        try:
            async with asyncio.timeout(self._timeout):
                record = await self._ask({"MaHoSo": code, "SoDinhDanh": number, "SecretKey": self._secret})
        except (httpx.HTTPError, ValueError, TimeoutError) as error:
            self._breaker.failed()
            log.warning("one-stop system failed", error=type(error).__name__)
            raise BackendError(type(error).__name__) from error
        self._breaker.succeeded()
        return _dossier(record) if record and _is_about(record, code) else None

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _ask(self, body: dict[str, Any]) -> dict[str, Any] | None:
        async with self._http.stream("POST", "GetHoSoPublic", json=body) as response:
            if response.status_code in (400, 404, 422):
                return None
            if response.status_code != 200:
                raise httpx.HTTPStatusError("not 200", request=response.request, response=response)
            content = b""
            async for part in response.aiter_bytes():
                content += part
                if len(content) > MAX_BYTES:
                    raise ValueError("answer too long")
        return _record(json.loads(content))


def _record(answer: Any) -> dict[str, Any] | None:
    """The record in an answer, bare or under ``data``, alone or first of a list."""
    if isinstance(answer, dict):
        if "MaHoSo" in answer:
            return answer
        if answer.get("data") or "error_code" in answer:
            return _record(answer.get("data"))
    if isinstance(answer, list) and answer:
        return _record(answer[0])
    if not answer:
        return None
    raise ValueError("neither a dossier nor an error")


def _is_about(record: dict[str, Any], code: str) -> bool:
    return hmac.compare_digest(str(record["MaHoSo"]).encode(), code.encode())


def _dossier(record: dict[str, Any]) -> Dossier:
    title = record.get("TenThuTuc") or record.get("TenTTHC")
    return Dossier(
        status=status_of(record.get("TrangThaiHoSo")),
        procedure_id=record.get("MaTTHC"),
        procedure_title=str(title) if title and not is_sensitive(str(title)) else None,
        received_on=day_of(record.get("NgayTiepNhan")),
        due_on=day_of(record.get("NgayHenTra")),
        finished_on=day_of(record.get("NgayKetThucXuLy") or record.get("NgayKetThucHoSo")),
        returned_on=day_of(record.get("NgayTra") or record.get("NgayTraKetQua")),
    )
