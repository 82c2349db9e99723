"""The composition root: makes every part of the gateway once, joins them, and serves them. Nothing imports it.

One process, one event loop, two listeners: the public one, and the action endpoint for Rasa on loopback.
"""

from __future__ import annotations

import gc

gc.disable()  # nothing is garbage while modules and models load; `lifespan` turns it on

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime
from functools import partial

import structlog
import uvicorn
from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from actions.demo_dossiers import ensure_demo
from actions.hand_over import call_a_person
from actions.runtime import Runtime
from actions.server import create_app as create_action_app
from bot.channels.integration import integration_router
from bot.channels.sms import make_sms, sms_router
from bot.channels.web import sessions
from bot.channels.web.announcements import announcement_router
from bot.channels.web.api import ChatApi
from bot.channels.web.complaints import ComplaintApi
from bot.channels.web.embedding import allow_portals
from bot.channels.web.page import page_router
from bot.channels.web.stream import ChatStream
from bot.channels.zalo.pictures import picture_source
from bot.channels.zalo.wiring import make_zalo
from bot.conversation import Conversation
from bot.dialogue import RasaClient
from bot.exact import ExactWords
from bot.feed import Feed
from bot.front import guard
from bot.health import Parts, health_router, metrics_router
from bot.limits import RateLimiter
from bot.logs import configure_logs
from bot.problems import install as install_problems
from bot.reminding import announce
from console.pages import Console
from console.router import console_router, welcome
from console.sso import make_sign_on
from console.upkeep import keep_up
from knowledge.encoder import onnx_name
from knowledge.kept_profile import KeptProfile
from knowledge.live import LiveKnowledge
from knowledge.province import commune_names, load_profile
from knowledge.publish import LiveSnapshot, Press
from knowledge.renewal import renew
from settings import Settings, get_settings
from store import calls, counting
from store.base import now
from store.crypto import Vault
from store.engine import Database
from store.retention import Periods, delete_expired
from store.trackers import TrackerEraser
from voice.media.sound_folder import SoundFolder
from voice.media.synthesis import Synthesis
from voice.speakable import message_chunks
from voice.wiring import make_engine, make_telephone, voice_routers

log = structlog.get_logger()
SWEEP_SECONDS = 15.0
RECOVER_SECONDS = 5.0
RETENTION_SECONDS = 3600.0
RENEWAL_SECONDS = 600.0
COUNT_SECONDS = 60.0
OWNER_LENGTH = 32  # of `inbox.lease_owner`; the end of a host's name tells replicas apart


class Gateway:
    """Everything one replica holds while it runs."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.database = Database(settings.database)
        self.vault = Vault(settings.key())
        self.profile = load_profile(settings.province)
        self.kept_profile = KeptProfile(self.database, self.profile)
        self.press = Press.of(self.database, settings.var, settings.encoder_path)
        self.knowledge = LiveKnowledge(LiveSnapshot(self.press), self.profile, onnx_name(settings.dialogue_encoder))
        self.dialogue = RasaClient(f"http://127.0.0.1:{settings.rasa_port}", settings.rasa_token)
        self.feed = Feed(settings.redis_url)
        self.limiter = RateLimiter(settings.redis_url, enabled=settings.rate_limits == "on")
        self.trackers = TrackerEraser(settings.tracker_database)
        owner = f"{socket.gethostname()}:{settings.port}"[-OWNER_LENGTH:]
        self.conversation = Conversation(self.database, self.vault, self.knowledge, self.dialogue, self.feed, owner)
        self.parts = Parts(self.database, self.knowledge, self.dialogue, self.feed, settings.var)
        self.conversation.exact = ExactWords(
            self.database, self.vault, self.knowledge, settings, picture_source(settings)
        )
        self.runtime = Runtime(self.database, self.vault, self.knowledge, self.profile)
        self.conversation.call_person = partial(call_a_person, self.runtime)
        self.zalo = make_zalo(settings, self.database, self.vault, self.conversation, self.profile, self.limiter)
        self.sms = make_sms(settings, self.database, self.vault, self.profile)
        var = settings.var
        sound = Synthesis(make_engine(settings), SoundFolder(var / "sounds"), var / "recordings", frozenset)
        self.console = Console(
            self.database, self.vault, self.feed, self.limiter, self.knowledge, self.press, self.profile,
            settings.base_url, message_chunks, self.conversation.deliver, self.trackers.erase,
            make_sign_on(settings), sound.wav,
        )  # fmt: skip

    def public_app(self) -> FastAPI:
        """What citizens, portals, carriers and staff reach."""
        app = FastAPI(title="Motcua", lifespan=self.lifespan, docs_url=None, redoc_url=None)
        install_problems(app)
        s = self.settings
        app.include_router(health_router(self.parts))
        app.include_router(
            ChatApi(self.database, self.vault, self.conversation, self.limiter, self.trackers.erase).router
        )
        app.include_router(announcement_router(self.database))
        app.include_router(ChatStream(self.database, self.feed, s.allowed_origins, s.base_url).router)
        app.include_router(ComplaintApi(self.database, self.vault, self.limiter, self.feed).router)
        app.include_router(
            integration_router(self.database, self.vault, s.integration_token, self._announce, self.feed.publish)
        )
        app.include_router(self.zalo.webhook.router)
        app.include_router(sms_router(self.database, self.vault, s))
        app.include_router(page_router(self.profile, s.base_url))
        app.include_router(console_router(self.console))
        telephone = make_telephone(
            s, self.database, self.vault, self.conversation, self.knowledge, self.profile, self.dialogue.forget
        )
        for router in voice_routers(telephone, s, self.limiter):
            app.include_router(router)
        guard(app, s.base_url)
        allow_portals(app, s.allowed_origins)
        return app

    def _announce(self, session: Session, dossier: str, status: int, at: datetime) -> Sequence[str]:
        return announce(session, self.vault, self.conversation.deliver, dossier, status, at)

    def action_app(self) -> FastAPI:
        """What only this machine reaches: Rasa calls actions, Prometheus reads metrics."""
        app = create_action_app(self.runtime)
        app.include_router(metrics_router(self.parts))
        return app

    @contextlib.asynccontextmanager
    async def lifespan(self, app: FastAPI) -> AsyncIterator[None]:
        """Load the snapshot, answer what was left behind, and keep house until the end."""
        gc.freeze()
        await asyncio.to_thread(self.knowledge.load)
        await asyncio.to_thread(self.conversation.release)
        await asyncio.to_thread(ensure_demo, self.database, self.vault, self.profile)
        await asyncio.to_thread(welcome, self.console)
        gc.enable()
        tasks = [
            asyncio.create_task(job)
            for job in (
                self._recover(),
                self._sweep(),
                self._forget(),
                self._renew(),
                self._count(),
                self.knowledge.follow(),
                self.kept_profile.follow(),
                self.feed.listen(),
                self.zalo.sender.run(),
                self.zalo.notifications.run(),
                self.sms.run(),
                keep_up(self.console, self.settings),
            )
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.zalo.sender.close()
            await self.sms.close()
            await self.dialogue.close()
            await self.limiter.close()
            await self.feed.close()
            self.trackers.close()
            self.database.close()

    async def _recover(self) -> None:
        while True:
            try:
                found = await self.conversation.recover()
                if found:
                    log.info("answered what was left behind", messages=found)
            except Exception:
                log.exception("recovery failed")
            await asyncio.sleep(RECOVER_SECONDS)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            try:
                for conversation_id in await asyncio.to_thread(self._end_idle):
                    self.feed.publish(conversation_id)
                    await self._forget_tracker(conversation_id)
            except Exception:
                log.exception("sweep failed")

    async def _forget_tracker(self, conversation_id: str) -> None:
        """Erase the tracker of a conversation that has ended; what stays now goes with the conversation."""
        try:
            await asyncio.to_thread(self.trackers.erase, conversation_id)
        except SQLAlchemyError:
            log.exception("tracker not erased", conversation=conversation_id)

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(RENEWAL_SECONDS)
            try:
                renewed = await asyncio.to_thread(renew, self.press, now())
                if renewed is not None:
                    log.info("published what is in force today", snapshot=renewed.number)
            except Exception:
                log.exception("what is in force today was not published")

    async def _count(self) -> None:
        while True:
            try:
                await asyncio.to_thread(counting.recount, self.database, now(), commune_names(self.profile))
            except Exception:
                log.exception("figures were not counted")
            await asyncio.sleep(COUNT_SECONDS)

    async def _forget(self) -> None:
        while True:
            try:
                periods = await asyncio.to_thread(Periods.in_force, self.database, self.settings)
                deleted = await asyncio.to_thread(delete_expired, self.database, self.trackers.erase, periods, now())
                if any(deleted.values()):
                    log.info("deleted what is past its period", **deleted)
            except Exception:
                log.exception("retention failed")
            await asyncio.sleep(RETENTION_SECONDS)

    def _end_idle(self) -> list[str]:
        with self.database.write() as session:
            calls.close_forgotten(session, now())
            return sessions.end_idle(session)


class _Server(uvicorn.Server):
    """A listener that leaves the signals to `serve`."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _listener(app: FastAPI, host: str, port: int, settings: Settings) -> _Server:
    config = uvicorn.Config(
        app, host=host, port=port, log_config=None, access_log=False, timeout_graceful_shutdown=10,
        forwarded_allow_ips=list(settings.trusted_proxies), server_header=False, ws_max_size=65536,
    )  # fmt: skip
    return _Server(config)


async def serve(settings: Settings) -> None:
    """Serve both listeners until SIGINT or SIGTERM, or until one of them fails."""
    gateway = Gateway(settings)
    servers = [
        _listener(gateway.public_app(), "0.0.0.0", settings.port, settings),  # noqa: S104
        _listener(gateway.action_app(), "127.0.0.1", settings.actions_port, settings),
    ]

    def stop() -> None:
        for server in servers:
            server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)

    async def run(server: _Server) -> None:
        try:
            await server.serve()
        finally:
            stop()

    await asyncio.gather(*(run(server) for server in servers))


def main() -> None:
    """Start the gateway with the settings of the environment."""
    settings = get_settings()
    configure_logs(settings.log_level)
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(settings))


if __name__ == "__main__":
    main()
