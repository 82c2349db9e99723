"""The reverse proxy as it ships, on free ports, with a certificate made for the test."""

from __future__ import annotations

import datetime
import os
import shutil
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.running import ROOT, free_port

CONFIGURATION = ROOT / "deploy" / "nginx" / "motcua.conf"
PORTS = ("8000", "8010")


@dataclass(frozen=True)
class Proxy:
    """Where the proxy listens, and what to trust it by."""

    port: int
    plain_port: int
    certificate: Path

    @property
    def base(self) -> str:
        """Its public address."""
        return f"https://localhost:{self.port}"

    def trust(self) -> ssl.SSLContext:
        """Trusts its certificate alone."""
        return ssl.create_default_context(cafile=str(self.certificate))


@contextmanager
def proxy(folder: Path, replicas: Sequence[int]) -> Iterator[Proxy]:
    """nginx before the replicas of these ports."""
    made = Proxy(free_port(), free_port(), folder / "fullchain.pem")
    _certify(folder)
    (folder / "site.conf").write_text(_on_free_ports(made, folder, replicas))
    main = folder / "nginx.conf"
    main.write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log; user root;\n"
        f"events {{ worker_connections 1024; }}\n"
        f"http {{ client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;\n"
        f"uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s; include {folder}/site.conf; }}\n"
    )
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    subprocess.run([program, "-t", "-q", "-c", str(main), "-e", f"{folder}/error.log"], check=True, timeout=30)
    with (folder / "output").open("wb") as log:
        nginx = subprocess.Popen(
            [program, "-c", str(main), "-e", f"{folder}/error.log"], stdout=log, stderr=log, start_new_session=True
        )
    try:
        _until_listening(made.port)
        yield made
    finally:
        os.killpg(nginx.pid, signal.SIGTERM)
        nginx.wait(20)


def _on_free_ports(made: Proxy, folder: Path, replicas: Sequence[int]) -> str:
    text = CONFIGURATION.read_text(encoding="utf-8")
    for shipped, port in zip(PORTS, replicas, strict=True):
        text = text.replace(f"127.0.0.1:{shipped}", f"127.0.0.1:{port}")
    changes = {
        "listen 80;": f"listen 127.0.0.1:{made.plain_port};",
        "listen 443 ssl;": f"listen 127.0.0.1:{made.port} ssl;",
        "/etc/ssl/motcua/": f"{folder}/",
        "/var/log/nginx/motcua.log": f"{folder}/access.log",
    }
    for shipped, changed in changes.items():
        assert shipped in text
        text = text.replace(shipped, changed)
    return text


def _certify(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "key.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))


def _until_listening(port: int) -> None:
    until = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert time.monotonic() < until
            time.sleep(0.05)
        else:
            return
