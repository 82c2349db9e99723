"""A network link that can be cut: connections stay open and nothing comes through, until it is mended."""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType


class Link:
    """Forwards a free port of this machine to another one. Cut, it takes connections and holds all they send."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._open = threading.Event()
        self._open.set()
        self._lost: list[threading.Event] = []
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        self._ends: list[socket.socket] = []

    def cut(self) -> None:
        """Let nothing through."""
        self._open.clear()

    def mend(self) -> None:
        """Let new connections through; those that were cut stay so, as when a firewall has forgotten them."""
        self._lost.append(self._open)
        self._open = threading.Event()
        self._open.set()

    def __enter__(self) -> Link:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._door.close()
        for lost in (*self._lost, self._open):
            lost.set()
        for end in self._ends:
            end.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._door.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
                self._ends += (near, far)
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=(one, other, self._open), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket, whole: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(1 << 16):
                whole.wait()
                other.sendall(data)
        with contextlib.suppress(OSError):
            other.shutdown(socket.SHUT_WR)
