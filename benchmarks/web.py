"""The page with the chat as a mid-range phone gets it: size, requests, paints, blocking time.

Chromium with its processor slowed four times on a slow 4G line (Lighthouse's "mobile": 150 ms round trip, 1.6 Mbit/s
down, 0.75 Mbit/s up), a cold cache each time; the median of several loads.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.running import Running

LOADS = 5
SLOWER = 4
SLOW_4G = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
OBSERVE = """
  globalThis.seen = { largest: 0, blocking: 0, shift: 0 };
  const observe = (type, act) =>
    new PerformanceObserver((list) => list.getEntries().forEach(act)).observe({ type, buffered: true });
  observe("largest-contentful-paint", (entry) => (seen.largest = entry.startTime));
  observe("longtask", (entry) => (seen.blocking += Math.max(0, entry.duration - 50)));
  observe("layout-shift", (entry) => (seen.shift += entry.value));
"""
READ = """() => {
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  const loaded = [performance.getEntriesByType("navigation")[0], ...performance.getEntriesByType("resource")];
  const bytes = loaded.reduce((sum, one) => sum + one.transferSize, 0);
  return { ...seen, first: paint.startTime, requests: loaded.length, bytes };
}"""


def run() -> dict[str, Any]:
    """Sizes in bytes, times in milliseconds."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        motcua = Running(Path(folder))
        motcua.prepare()
        motcua.start(dialogue=False)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        try:
            packed = motcua.http.get("/widget.js", headers={"Accept-Encoding": "gzip"})
            loads = [_load(browser, motcua.base) for _ in range(LOADS)]
        finally:
            browser.close()
            motcua.stop()
    median = {name: statistics.median(load[name] for load in loads) for name in loads[0]}
    return {
        "widget.js, bytes": len(packed.content),
        "widget.js gzipped, bytes": int(packed.headers["content-length"]),
        "page, requests": int(median["requests"]),
        "page, bytes transferred": int(median["bytes"]),
        "first contentful paint, ms": round(median["first"]),
        "largest contentful paint, ms": round(median["largest"]),
        "chat ready, ms": round(median["ready"]),
        "total blocking time, ms": round(median["blocking"]),
        "cumulative layout shift": round(median["shift"], 3),
    }


def _load(browser: Browser, base: str) -> dict[str, float]:
    context = browser.new_context(viewport={"width": 360, "height": 740}, device_scale_factor=2, is_mobile=True)
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW_4G)
    line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.add_init_script(OBSERVE)
    page.goto(base, wait_until="load")
    figures = {"ready": _ready(page), **page.evaluate(READ)}
    context.close()
    return figures


def _ready(page: Page) -> float:
    page.get_by_role("textbox").wait_for()
    return float(page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"))
