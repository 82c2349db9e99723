"""Work on many items by several processes of this machine, which share what is in memory already."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")
_FORK = multiprocessing.get_context("fork")


def processors() -> int:
    """How many processes can work at once on this machine."""
    return len(os.sched_getaffinity(0))


def shared_out(work: Callable[[Sequence[T]], list[R]], items: Sequence[T], workers: int) -> list[R]:
    """`work` on equal parts of `items`, one here and the others in forked processes; the results in order.

    work: gives one result an item, which can be pickled. workers: 1 does everything here, as a process with threads
    must. Raises what `work` raised, and ChildProcessError when a process died.
    """
    parts = [items[first::workers] for first in range(workers)]
    running = [_started(work, part) for part in parts[1:]]
    done = [work(parts[0]), *(_awaited(process, end) for process, end in running)]
    return [done[i % workers][i // workers] for i in range(len(items))]


def _started(work: Callable[[Any], Any], part: Sequence[Any]) -> tuple[Any, Connection]:
    here, there = _FORK.Pipe(duplex=False)
    process = _FORK.Process(target=_do, args=(work, part, there), daemon=True)
    process.start()
    there.close()
    return process, here


def _do(work: Callable[[Any], Any], part: Sequence[Any], end: Connection) -> None:
    try:
        end.send((work(part), None))
    except Exception as error:
        end.send((None, error))


def _awaited(process: Any, end: Connection) -> Any:
    try:
        done, error = end.recv()
    except EOFError as gone:
        process.join()
        raise ChildProcessError(f"a process that shared the work ended with {process.exitcode}") from gone
    finally:
        end.close()
    process.join()
    if error is not None:
        raise error
    return done
