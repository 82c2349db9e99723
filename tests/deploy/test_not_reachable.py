"""From outside there is one port: Rasa, its actions and the metrics answer on loopback alone."""

from __future__ import annotations

import socket
from contextlib import closing

import httpx
import psutil
import pytest

from tests.running import Running

pytestmark = [pytest.mark.rasa, pytest.mark.xdist_group("motcua")]
LOOPBACK = {"127.0.0.1", "::1"}
INSIDE = (
    "/webhooks/rest/webhook", "/webhook", "/model/parse", "/conversations/x/tracker", "/status", "/metrics", "/docs",
    "/redoc", "/debug", "/.env", "/.git/config",
)  # fmt: skip


def listening(running: Running) -> set[tuple[str, int]]:
    """Where the processes of a running Motcua listen."""
    assert running.process is not None
    parent = psutil.Process(running.process.pid)
    found = set()
    for process in (parent, *parent.children(recursive=True)):
        for connection in process.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN:
                found.add((connection.laddr.ip, connection.laddr.port))
    return found


def test_only_the_public_port_is_open_to_the_network(motcua: Running) -> None:
    places = listening(motcua)
    inside = {int(motcua.environment[name]) for name in ("RASA_PORT", "ACTIONS_PORT")}
    assert inside <= {port for address, port in places if address in LOOPBACK}
    assert {port for address, port in places if address not in LOOPBACK} == {motcua.port}


def test_the_network_address_of_this_machine_leads_to_nothing_else(motcua: Running) -> None:
    for name in ("RASA_PORT", "ACTIONS_PORT"):
        for address in {found[4][0] for found in socket.getaddrinfo(socket.gethostname(), None)} - LOOPBACK:
            with closing(socket.socket()) as knocking:
                knocking.settimeout(2)
                assert knocking.connect_ex((str(address), int(motcua.environment[name]))) != 0


@pytest.mark.parametrize("path", INSIDE)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nothing_of_the_inside_answers_on_the_public_port(motcua: Running, path: str, method: str) -> None:
    assert motcua.http.request(method, path, json={}).status_code == 404


def test_rasa_wants_its_token_where_it_has_one(motcua: Running) -> None:
    rasa = f"http://127.0.0.1:{motcua.environment['RASA_PORT']}"
    assert httpx.get(f"{rasa}/conversations/x/tracker", trust_env=False).status_code == 401
