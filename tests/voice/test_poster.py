"""The printed list of short codes says what the telephone understands."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.voice.telephone import BASE, Hotline
from voice.poster import poster_router
from voice.procedure_menu import find_short_code


async def test_every_code_on_the_poster_is_understood(hotline: Callable[..., Hotline]) -> None:
    line = hotline()
    line.app.include_router(poster_router(line.telephone, BASE))
    page = (await line.http.get("/call/poster")).text
    printed = re.findall(r"<li><b>(\d+)</b> <span>([^<]+)</span>", page)
    assert len(printed) >= 100
    book = line.telephone.book()
    for code, title in printed:
        found = find_short_code(code, book)
        assert found is not None
        assert found[1].split()[0] == title.split()[0]
    assert line.telephone.profile.hotline in page
    assert "style=" not in page
    assert (await line.http.get("/call/poster.css")).status_code == 200
