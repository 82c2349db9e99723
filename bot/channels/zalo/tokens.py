"""The access token of the account, refreshed by whichever replica needs it first.

A refresh token works once. So: lease the row, refresh, keep the new pair in a sealed file before anything else can go
wrong, save both tokens together, remove the file. Whoever waited reads the row again. A refresh that failed is put off;
only a refresh token that is used up, and not by a replica that may yet come back with the new pair, needs a person.
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
from bot.channels.zalo.errors import REFRESH_TOKEN_USED
from store import account_tokens
from store.account_tokens import PURPOSE, AccountTokenRow
from store.base import now
from store.crypto import InvalidToken, Vault
from store.engine import Database

log = structlog.get_logger()
_FAILED = ("waiting", "doubted", "parked")
EARLY = timedelta(hours=2)
PATIENCE = 40.0
LONGEST_WAIT = timedelta(minutes=5)
# How long a replica that died after Zalo answered has to start again and save the pair.
COMES_BACK = timedelta(minutes=10)


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
        self._failures = 0

    async def current(self, refused: str = "") -> str:
        """An access token other than `refused`. Raises `TokenUnavailable`, or `TokenParked` when a person is needed."""
        async with self._lock:
            until = asyncio.get_running_loop().time() + PATIENCE
            while asyncio.get_running_loop().time() < until:
                row = await asyncio.to_thread(self._row)
                pair = json.loads(self._vault.open(row.sealed, PURPOSE))
                later = row.leased_until is not None and row.leased_until >= self._clock()
                if self._usable(row, pair, refused, timedelta() if later or row.state == "parked" else EARLY):
                    return str(pair["access"])
                if row.state == "parked":
                    raise TokenParked
                if later and row.state != "leased":
                    raise TokenUnavailable
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
            await asyncio.to_thread(self._put_off, row)
            raise TokenUnavailable from error
        if "access_token" not in answer or "refresh_token" not in answer:
            await asyncio.to_thread(self._refused, row, _whole(answer.get("error"), 0))
            raise TokenUnavailable
        self._failures = 0
        await asyncio.to_thread(self._keep, row, answer)
        return str(answer["access_token"])

    async def _ask(self, refresh_token: str) -> dict[str, Any]:
        """Zalo's answer. Raises `httpx.HTTPError`, or `ValueError` when it is not a JSON object."""
        c = self._credentials
        form = {"refresh_token": refresh_token, "app_id": c.app_id, "grant_type": "refresh_token"}
        url = f"{c.oauth_base}/v4/oa/access_token"
        response = await self._http.post(url, data=form, headers={"secret_key": c.app_secret})
        response.raise_for_status()
        answer = response.json()
        if not isinstance(answer, dict):
            raise ValueError("not an object")
        return answer

    def _keep(self, row: AccountTokenRow, answer: dict[str, Any]) -> None:
        pair = {"access": answer["access_token"], "refresh": answer["refresh_token"]}
        expires_at = self._clock() + timedelta(seconds=_whole(answer.get("expires_in"), 3600))
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
        """The row; made, or begun anew after an operator gave another token because no refresh succeeded."""
        seed = self._vault.fingerprint(self._credentials.refresh_token, PURPOSE)
        with self._db.write() as session:
            row = session.get(AccountTokenRow, self._credentials.account)
            if row is None or (row.state in _FAILED and row.seed != seed):
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

    def _give_up(self, row: AccountTokenRow, state: str, wait: timedelta | None = None) -> None:
        until = self._clock() + wait if wait else None
        with self._db.write() as session:
            account_tokens.give_up(session, row.account, row.generation, state, until)

    def _put_off(self, row: AccountTokenRow) -> None:
        """Try again later, after twice as long each time."""
        wait = min(timedelta(seconds=2 ** min(self._failures, 16)), LONGEST_WAIT)
        self._failures += 1
        self._give_up(row, "waiting", wait)
        log.warning("the zalo token was not refreshed", again_in=wait.total_seconds())

    def _refused(self, row: AccountTokenRow, code: int) -> None:
        """row: as it was before the lease; still `leased` then, another replica died refreshing it."""
        if code != REFRESH_TOKEN_USED:
            self._put_off(row)
            meaning = "refreshing the access token is refused; it is tried again, at the latest after five minutes"
            alert(self._db, code, meaning, self._clock())
        elif row.state == "leased":
            self._give_up(row, "doubted", COMES_BACK)
            log.warning("a replica that refreshed the zalo token has not saved it yet")
        else:
            self._give_up(row, "parked")
            meaning = "the refresh token is used up; put a new ZALO_REFRESH_TOKEN and restart"
            alert(self._db, code, meaning, self._clock())


def _whole(value: Any, otherwise: int) -> int:
    """What Zalo means as a whole number, which it also writes as text."""
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return otherwise


def _write(path: Path, sealed: bytes) -> None:
    """Put the bytes in the file so that they outlive a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".half")
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
