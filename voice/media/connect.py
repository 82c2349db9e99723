"""Joins a call with its media stream: the TwiML that asks for it, and the ticket that lets it in once."""

from __future__ import annotations

from twilio.twiml.voice_response import Connect, Stream, VoiceResponse

from store.crypto import Vault
from voice.twiml import Carrier

PATH = "/voice/media"
TICKET = "ticket"


def ticket(vault: Vault, call_id: str) -> str:
    """What the stream of this call must show; it is of use until the call's first turn is committed."""
    return vault.fingerprint(call_id, "media-stream")


def stream_address(base: str) -> str:
    """The public address of the streams, as the carrier signs it."""
    return f"ws{base.removeprefix('http')}{PATH}"


def render_connect(vault: Vault, call_id: str, carrier: Carrier) -> str:
    """TwiML that hands the call to our stream; when that ends, the carrier asks `/voice/streamed` how to go on."""
    response = VoiceResponse()
    connect = Connect(action=f"{carrier.base}/voice/streamed", method="POST")
    stream = Stream(url=stream_address(carrier.base))
    stream.parameter(name=TICKET, value=ticket(vault, call_id))
    connect.append(stream)
    response.append(connect)
    return str(response)
