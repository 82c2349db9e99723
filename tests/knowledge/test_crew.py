"""Work shared out to processes."""

from __future__ import annotations

import os
from collections.abc import Sequence

import pytest

from knowledge.crew import processors, shared_out


@pytest.mark.parametrize("workers", [1, 2, 3])
@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_results_come_in_the_order_of_the_items(workers: int, count: int) -> None:
    assert shared_out(lambda part: [item * item for item in part], range(count), workers) == [
        item * item for item in range(count)
    ]


def test_each_worker_is_a_process() -> None:
    assert len(set(shared_out(lambda part: [os.getpid() for _ in part], range(4), 2))) == 2


def test_an_error_of_any_worker_is_raised() -> None:
    def work(part: Sequence[int]) -> list[int]:
        if 1 in part:
            raise KeyError("one")
        return list(part)

    with pytest.raises(KeyError, match="one"):
        shared_out(work, range(4), 2)


def test_a_worker_that_was_killed_is_named() -> None:
    here = os.getpid()

    def work(part: Sequence[int]) -> list[int]:
        if os.getpid() != here:
            os.kill(os.getpid(), 9)
        return list(part)

    with pytest.raises(ChildProcessError, match="-9"):
        shared_out(work, range(4), 2)


def test_there_is_a_processor() -> None:
    assert processors() >= 1
