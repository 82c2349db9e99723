"""Charts as SVG, drawn on the server: no script, no library, the same on screen and on paper.

Each carries its figures as text for those who cannot see it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape

from markupsafe import Markup

WIDTH, ROW, LABEL, FIGURE = 640, 26, 210, 56
WIDE, TALL, BASE = 900, 190, 160
SEVEN = 7


def bars(title: str, figures: Mapping[str, int], *, bad: Sequence[str] = ()) -> Markup:
    """Lying bars, one a row, with label and figure. bad: labels that are drawn in the warning colour."""
    largest = max(figures.values(), default=0) or 1
    rows = []
    for number, (label, value) in enumerate(figures.items()):
        y = number * ROW
        length = round((WIDTH - LABEL - FIGURE) * value / largest, 1)
        rows.append(
            f'<text x="{LABEL - 10}" y="{y + 17}" class="label">{escape(_short(label))}</text>'
            f'<rect x="{LABEL}" y="{y + 4}" width="{length}" height="{ROW - 9}" rx="3" '
            f'class="{"bad" if label in bad else "good"}"/>'
            f'<text x="{LABEL + length + 8}" y="{y + 17}" class="value">{_said(value)}</text>'
        )
    return _svg(title, figures, WIDTH, max(len(figures), 1) * ROW, rows, style="chart lying")


def columns(title: str, figures: Mapping[str, int], *, every: int = 3) -> Markup:
    """Standing bars side by side. every: how many columns apart the labels stand."""
    largest = max(figures.values(), default=0) or 1
    step = WIDE / max(len(figures), 1)
    parts = [_ceiling(largest)]
    for number, (label, value) in enumerate(figures.items()):
        height = round((BASE - 20) * value / largest, 1)
        x = round(number * step, 1)
        parts.append(
            f'<rect x="{x + step * 0.12:.1f}" y="{BASE - height}" width="{step * 0.76:.1f}" height="{height}" rx="2" '
            f'class="good"><title>{escape(label)}: {value}</title></rect>'
        )
        if number % every == 0:
            parts.append(f'<text x="{x + step / 2:.1f}" y="{BASE + 20}" class="tick">{escape(label)}</text>')
    return _svg(title, figures, WIDE, TALL, parts)


def days(title: str, figures: Mapping[date, tuple[int, int]]) -> Markup:
    """Contacts of each day as columns, and in them, in the warning colour, those that failed."""
    largest = max((all_ for all_, _ in figures.values()), default=0) or 1
    step = WIDE / max(len(figures), 1)
    parts = [_ceiling(largest)]
    for number, (day, (all_, failed)) in enumerate(figures.items()):
        x, width = number * step + step * 0.1, step * 0.8
        for value, style in ((all_, "good"), (failed, "bad")):
            height = round((BASE - 20) * value / largest, 1)
            parts.append(
                f'<rect x="{x:.1f}" y="{BASE - height}" width="{width:.1f}" height="{height}" class="{style}">'
                f"<title>{day:%d/%m}: {all_} lượt, {failed} không đạt</title></rect>"
            )
        if number % max(SEVEN, len(figures) // 8) == 0:
            parts.append(f'<text x="{x:.1f}" y="{BASE + 20}" class="tick start">{day:%d/%m}</text>')
    told = {f"{day:%d/%m}": all_ for day, (all_, _) in figures.items()}
    return _svg(title, told, WIDE, TALL, parts)


def _ceiling(largest: int) -> str:
    return (
        f'<line x1="0" y1="20" x2="{WIDE}" y2="20" class="grid"/><line x1="0" y1="{BASE}" x2="{WIDE}" y2="{BASE}" '
        f'class="axis"/><text x="0" y="14" class="tick start">{_said(largest)}</text>'
    )


def _svg(
    title: str, figures: Mapping[str, int], width: int, height: int, parts: Sequence[str], style: str = "chart"
) -> Markup:
    told = ", ".join(f"{label} {value}" for label, value in figures.items() if value) or "chưa có số liệu"
    return Markup(  # noqa: S704 — every text in it was escaped above
        f'<svg class="{style}" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{escape(title)}: {escape(told)}">{"".join(parts)}</svg>'
    )


def _short(label: str, longest: int = 30) -> str:
    return label if len(label) <= longest else label[: longest - 1].rstrip() + "…"


def _said(figure: int) -> str:
    return f"{figure:,}".replace(",", ".")
