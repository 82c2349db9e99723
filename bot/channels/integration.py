"""``POST /api/integration/dossiers``: the one-stop system of the province tells how its dossiers stand."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header
from pydantic import BaseModel, Field, SecretStr
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.channels.integration_record import PushedDossier, RecordError, plain, read_record
from bot.problems import Problem
from knowledge.dossier_code import VIETNAM
from store.base import now
from store.crypto import Vault
from store.dossiers import ABSENT, DossierRow, code_key, number_digest, upsert
from store.engine import Database

MAX_BATCH = 500
SERVICE = "DongBoHoSoMC"


class Push(BaseModel):
    """What is sent: a batch of records, whose fields are checked one by one so that a bad one harms no other."""

    service: str = SERVICE
    data: list[Any] = Field(description=f"at most {MAX_BATCH} records")


class Rejected(BaseModel):
    """A record that was not taken, and why, in Vietnamese. MaHoSo as it was sent."""

    MaHoSo: str
    reason: str


class StatusChange(BaseModel):
    """A known dossier that has another status now."""

    MaHoSo: str
    before: int
    now: int


class Pushed(BaseModel):
    """The outcome. Sending the same batch again changes nothing."""

    error_code: int = 0
    accepted: int
    rejected: list[Rejected]
    status_changed: list[StatusChange]


News = Callable[[Session, str, int, datetime], Sequence[str]]


def integration_router(
    database: Database,
    vault: Vault,
    token: SecretStr | None,
    news: News = lambda *_: (),
    wake: Callable[[str], None] = lambda _: None,
) -> APIRouter:
    """The route, open to whoever knows `token`; without one it answers 503.

    news: told of each dossier (by key) with a new status, in the transaction that writes it; gives the conversations
    that have news by it, which are woken by `wake` once it has committed.
    """
    router = APIRouter(tags=["integration"])

    def authorise(authorization: Annotated[str, Header()] = "") -> None:
        if token is None:
            raise Problem(503, "Chưa đặt INTEGRATION_TOKEN nên chưa nhận hồ sơ.")
        expected = f"Bearer {token.get_secret_value()}"
        if not hmac.compare_digest(authorization.encode(), expected.encode()):
            raise Problem(401, "Sai hoặc thiếu mã truy cập.", {"WWW-Authenticate": "Bearer"})

    @router.post("/api/integration/dossiers", dependencies=[Depends(authorise)])
    async def push(body: Push) -> Pushed:
        if body.service != SERVICE:
            raise Problem(422, f"Chỉ nhận dịch vụ {SERVICE}.")
        if len(body.data) > MAX_BATCH:
            raise Problem(413, f"Mỗi lần gửi tối đa {MAX_BATCH} hồ sơ.")
        pushed, told = await asyncio.to_thread(receive, database, vault, body.data, now(), news)
        for conversation_id in told:
            wake(conversation_id)
        return pushed

    return router


def receive(
    database: Database, vault: Vault, records: list[Any], at: datetime, news: News = lambda *_: ()
) -> tuple[Pushed, list[str]]:
    """Check and keep a batch in one transaction; the outcome, and the conversations that have news by it.

    Of one dossier sent twice in it, the later record counts.
    """
    usable: dict[str, PushedDossier] = {}
    rejected: list[Rejected] = []
    accepted = 0
    for record in records:
        try:
            dossier = read_record(record, at.astimezone(VIETNAM).date())
        except RecordError as reason:
            code = record.get("MaHoSo") if isinstance(record, dict) else ""
            rejected.append(Rejected(MaHoSo=plain(code, 64), reason=str(reason)))
        else:
            usable[code_key(vault, dossier.code)] = dossier
            accepted += 1
    try:
        changed, strangers, told = _keep(database, vault, usable, at, news)
    except IntegrityError:  # another replica has just added one of these
        changed, strangers, told = _keep(database, vault, usable, at, news)
    rejected += [Rejected(MaHoSo=code, reason="Hồ sơ mới phải có SoGiayToChuHoSo.") for code in strangers]
    return Pushed(accepted=accepted - len(strangers), rejected=rejected, status_changed=changed), told


def _keep(
    database: Database, vault: Vault, usable: dict[str, PushedDossier], at: datetime, news: News
) -> tuple[list[StatusChange], list[str], list[str]]:
    """The changes of status, the codes of new dossiers nobody could prove to be theirs, which are not kept, and the
    conversations that have news.
    """
    changed: list[StatusChange] = []
    strangers: list[str] = []
    told: list[str] = []
    with database.write() as session:
        for key, dossier in sorted(usable.items()):
            digests = {
                "applicant": _digest(vault, dossier.code, dossier.applicant),
                "authorised": _digest(vault, dossier.code, dossier.authorised),
            }
            if set(digests.values()) == {ABSENT} and session.get(DossierRow, key) is None:
                strangers.append(dossier.code)
                continue
            before = upsert(session, key, {**dossier.values, **digests, "origin": "push"}, at)
            if before not in (None, dossier.values["status"]):
                changed.append(StatusChange(MaHoSo=dossier.code, before=before, now=dossier.values["status"]))
                told += news(session, key, dossier.values["status"], at)
    return changed, strangers, told


def _digest(vault: Vault, code: str, number: str | None) -> str:
    return number_digest(vault, code, number) if number else ABSENT
