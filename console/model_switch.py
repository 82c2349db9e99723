"""Makes this replica's Rasa use the newest training that was better, also after Rasa was started again."""

from __future__ import annotations

from pathlib import Path

import httpx
import structlog
from sqlalchemy import select

from console.training import SHIPPED, key_of, model_in_use
from store.engine import Database
from store.unanswered import TrainingRow

log = structlog.get_logger()
LOADING_SECONDS = 180.0


class ModelSwitch:
    """Follows the trainings of the store. address: of Rasa's HTTP interface. token: of it. var: for the archives."""

    def __init__(self, database: Database, address: str, token: str, var: Path) -> None:
        self._database, self._folder = database, var / "dialogue"
        self._http = httpx.AsyncClient(
            base_url=address,
            params={"token": token},
            timeout=httpx.Timeout(LOADING_SECONDS, connect=1.0),
            trust_env=False,
        )

    async def follow(self) -> bool:
        """Load the model that should be in use into Rasa; whether it was another one. Nothing happens without Rasa."""
        wanted = self._wanted()
        if wanted is None:
            return False
        try:
            status = await self._http.get("/status")
            if not status.is_success or Path(str(status.json()["model_file"])).name == wanted.name:
                return False
            loaded = await self._http.put("/model", json={"model_file": str(wanted)})
            loaded.raise_for_status()
        except (httpx.HTTPError, ValueError) as error:
            log.warning("dialogue model not switched", error=type(error).__name__)
            return False
        log.info("dialogue model switched", model=wanted.name)
        return True

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    def _wanted(self) -> Path | None:
        """The archive to use, written out when it is not here yet; None while it is the shipped one."""
        if not SHIPPED.exists():
            return None
        with self._database.read() as session:
            row = model_in_use(session, key_of(SHIPPED.resolve()))
            id_ = row.id if row else None
        if id_ is None:
            return None
        path = self._folder / f"training-{id_}.tar.gz"
        if not path.exists():
            self._write(path, id_)
        return path

    def _write(self, path: Path, id_: int) -> None:
        with self._database.read() as session:
            archive = session.scalars(select(TrainingRow.model).filter_by(id=id_)).one()
        path.parent.mkdir(parents=True, exist_ok=True)
        half = path.with_suffix(".half")
        half.write_bytes(archive or b"")
        half.replace(path)
