"""The access token of the account, refreshed by whichever replica needs it first.

A refresh token works once. So: lease the row, refresh, keep the new pair in a sealed file before anything else can go
wrong, save both tokens together, remove the file. Whoever waited reads the row again.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import structlog
from sqlalchemy.exc import IntegrityError

from bot.channels.zalo.alerts import alert
from store import account_tokens
from store.account_tokens import PURPOSE, AccountTokenRow
from store.base import now
from store.crypto import InvalidToken, Vault
from store.engine import Database

log = structlog.get_logger()
EARLY = timedelta(hours=2)
PATIENCE = 40.0


class TokenUnavailable(Exception):
    """No usable access token now; asking again later may help."""


class TokenParked(TokenUnavailable):
    """Only an operator can help, with a new refresh token."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Of the app and the account. refresh_token: the first one; later ones are in the store. oauth_base: no slash."""

    app_id: str
    app_secret: str
    refresh_token: str
    oauth_base: str

    @property
    def account(self) -> str:
        """The name of the row."""
        return f"zalo:{self.app_id}"


class AccessTokens:
    """journal: a file of this replica for the moment between a refresh and its commit."""

    def __init__(
        self, database: Database, vault: Vault, http: httpx.AsyncClient, credentials: Credentials, journal: Path,
        clock: Callable[[], datetime] = now,
    ) -> None:  # fmt: skip
        self._db, self._vault, self._http, self._credentials = database, vault, http, credentials
        self._journal, self._clock = journal, clock
        self._lock = asyncio.Lock()

    async def current(self, refused: str = "") -> str:
        """An access token other than `refused`. Raises `TokenUnavailable`, or `TokenParked` when a person is needed."""
        async with self._lock:
            until = asyncio.get_running_loop().time() + PATIENCE
            while asyncio.get_running_loop().time() < until:
                row = await asyncio.to_thread(self._row)
                pair = json.loads(self._vault.open(row.sealed, PURPOSE))
                if self._usable(row, pair, refused, EARLY if row.state == "ok" else timedelta()):
                    return str(pair["access"])
                if row.state == "parked":
                    raise TokenParked
                if not await asyncio.to_thread(self._lease, row):
                    await asyncio.sleep(0.1)
                    continue
                try:
                    return await self._refresh(row, pair["refresh"])
                except TokenUnavailable:
                    if self._usable(row, pair, refused, timedelta()):
                        return str(pair["access"])
                    raise
        raise TokenUnavailable

    def _usable(self, row: AccountTokenRow, pair: dict[str, str], refused: str, margin: timedelta) -> bool:
        return bool(pair["access"]) and pair["access"] != refused and self._clock() + margin < row.expires_at

    async def _refresh(self, row: AccountTokenRow, refresh_token: str) -> str:
        try:
            answer = await self._ask(refresh_token)
        except (httpx.HTTPError, ValueError) as error:
            await asyncio.to_thread(self._give_up, row, "ok")
            raise TokenUnavailable from error
        if "access_token" not in answer or "refresh_token" not in answer:
            await asyncio.to_thread(self._refused, row, int(answer.get("error") or 0))
            raise TokenUnavailable
        await asyncio.to_thread(self._keep, row, answer)
        return str(answer["access_token"])

    async def _ask(self, refresh_token: str) -> dict[str, Any]:
        c = self._credentials
        form = {"refresh_token": refresh_token, "app_id": c.app_id, "grant_type": "refresh_token"}
        url = f"{c.oauth_base}/v4/oa/access_token"
        response = await self._http.post(url, data=form, headers={"secret_key": c.app_secret})
        response.raise_for_status()
        answer: dict[str, Any] = response.json()
        return answer

    def _keep(self, row: AccountTokenRow, answer: dict[str, Any]) -> None:
        pair = {"access": answer["access_token"], "refresh": answer["refresh_token"]}
        expires_at = self._clock() + timedelta(seconds=int(answer.get("expires_in") or 3600))
        fresh = {"pair": pair, "generation": row.generation, "expires_at": expires_at.isoformat()}
        _write(self._journal, self._vault.seal(json.dumps(fresh), PURPOSE))
        self._recover()
        log.info("zalo token refreshed", generation=row.generation + 1)

    def _recover(self) -> None:
        """Save the pair that the file holds, if any, and remove the file."""
        with suppress(FileNotFoundError):
            try:
                fresh = json.loads(self._vault.open(self._journal.read_bytes(), PURPOSE))
            except InvalidToken:
                log.error("the kept pair of tokens was sealed with another key")
                return
            sealed = self._vault.seal(json.dumps(fresh["pair"]), PURPOSE)
            expires_at = datetime.fromisoformat(fresh["expires_at"])
            with self._db.write() as session:
                account_tokens.save(session, self._credentials.account, fresh["generation"], sealed, expires_at)
            self._journal.unlink()

    def _row(self) -> AccountTokenRow:
        self._recover()
        try:
            return self._found()
        except IntegrityError:  # another replica has just made it
            return self._found()

    def _found(self) -> AccountTokenRow:
        """The row; made, or begun anew after an operator gave another token because the old one was refused."""
        seed = self._vault.fingerprint(self._credentials.refresh_token, PURPOSE)
        with self._db.write() as session:
            row = session.get(AccountTokenRow, self._credentials.account)
            if row is None or (row.state == "parked" and row.seed != seed):
                pair = {"access": "", "refresh": self._credentials.refresh_token}
                sealed = self._vault.seal(json.dumps(pair), PURPOSE)
                row = row or AccountTokenRow(account=self._credentials.account, generation=-1)
                row.seed, row.sealed, row.state, row.leased_until = seed, sealed, "ok", None
                row.generation, row.expires_at = row.generation + 1, self._clock()
                session.add(row)
            return row

    def _lease(self, row: AccountTokenRow) -> bool:
        with self._db.write() as session:
            return account_tokens.lease(session, row.account, row.generation, self._clock())

    def _give_up(self, row: AccountTokenRow, state: str) -> None:
        with self._db.write() as session:
            account_tokens.give_up(session, row.account, row.generation, state)

    def _refused(self, row: AccountTokenRow, code: int) -> None:
        self._give_up(row, "parked")
        alert(self._db, code, "the refresh token is refused; put a new ZALO_REFRESH_TOKEN and restart", self._clock())


def _write(path: Path, sealed: bytes) -> None:
    """Put the bytes in the file so that they outlive a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".half")
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
