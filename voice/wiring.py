"""Makes the telephone and its page from the settings; the composition root includes the routers."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import httpx
from fastapi import APIRouter

from actions.backends import DossierBackend
from actions.backends.one_stop import OneStopBackend
from actions.backends.sql import SqlBackend
from actions.dossier_lookup import DossierDesk
from bot.limits import RateLimiter
from knowledge.province import Profile
from settings import Settings
from store.crypto import Vault
from store.engine import Database
from voice.book import load_book
from voice.line import Conversing, Entries, Forget, Telephone
from voice.media.carrier_recording import carrier_transcriber
from voice.media.equipment import Equipment
from voice.media.espeak import Espeak
from voice.media.kept_messages import KeptMessages
from voice.media.routes import MediaStreams
from voice.media.sound_folder import SoundFolder
from voice.media.synthesis import Engine, Synthesis, fixed_prompts
from voice.media.whisper_model import WhisperModel
from voice.poster import poster_router
from voice.record import CallRecords
from voice.signature import Gatekeeper, new_run_token
from voice.simulator.desk import CallDesk
from voice.simulator.routes import CallPage
from voice.twiml import Carrier
from voice.webhook import voice_router


def make_telephone(
    settings: Settings,
    database: Database,
    vault: Vault,
    conversation: Conversing,
    knowledge: Entries,
    profile: Profile,
    forget: Forget,
) -> Telephone:
    """The telephone of this replica; makes the simulator's token of this run."""
    base = settings.dossier_api_base
    backend: DossierBackend = OneStopBackend(base) if base else SqlBackend(database, vault)
    secret = settings.twilio_auth_token.get_secret_value() if settings.twilio_auth_token else None
    model = WhisperModel(settings.speech_folder) if settings.speech_folder else None
    return Telephone(
        database=database,
        vault=vault,
        conversation=conversation,
        knowledge=knowledge,
        profile=profile,
        desk=DossierDesk(database, vault, backend),
        carrier=Carrier(
            base=settings.base_url,
            voice=settings.voice_name,
            recordings=settings.var / "recordings",
            operators=settings.operator_numbers,
            speech=settings.voice_carrier == "twilio",
        ),
        gatekeeper=Gatekeeper(settings.base_url, secret, new_run_token(settings.var)),
        forget=forget,
        transcribe=carrier_transcriber(model.transcribe, settings.twilio_api_base, settings.twilio_account_sid, secret)
        if model
        else None,
        streams=settings.voice_speech == "own",
        recogniser=model,
    )


def make_engine(settings: Settings) -> Engine:
    """What makes sound of words here; another engine that gives PCM is put in its place."""
    return Espeak(settings.espeak_voice)


def make_synthesis(telephone: Telephone, folder: Path, engine: Engine) -> Synthesis:
    """The voice of this replica. folder: keeps rendered prompts."""

    def fixed() -> frozenset[str]:
        return fixed_prompts(load_book(), telephone.values())

    return Synthesis(engine, SoundFolder(folder), telephone.carrier.recordings, lru_cache(maxsize=1)(fixed))


def voice_routers(telephone: Telephone, settings: Settings, limiter: RateLimiter) -> tuple[APIRouter, ...]:
    """The carrier's webhooks and media streams, and the telephone in the browser, which calls them over loopback."""
    http = httpx.AsyncClient(base_url=f"http://127.0.0.1:{settings.port}", trust_env=False)
    synthesis = make_synthesis(telephone, settings.var / "sounds", make_engine(settings))
    desk = CallDesk(http, settings.base_url, telephone.gatekeeper.run_token, synthesis.wav, telephone.recogniser)
    page = CallPage(desk, limiter, telephone.profile.name, settings.base_url)
    records = CallRecords(telephone.database, telephone.vault)
    streams = MediaStreams(Equipment(telephone, records, synthesis, KeptMessages(telephone)))
    return voice_router(telephone, limiter), streams.router, page.router, poster_router(telephone, settings.base_url)
