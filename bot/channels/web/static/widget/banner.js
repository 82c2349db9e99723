/* An emergency that staff tell all citizens: asked for when the chat opens and every minute while it is seen. */

const BANNER_MS = 60000;

function watchBanner(base, show) {
  async function look() {
    if (document.hidden) return;
    try {
      const response = await fetch(`${base}/api/chat/notices`, { credentials: "omit", signal: AbortSignal.timeout(10000) });
      if (response.ok) show((await response.json()).banner);
    } catch {
      /* The chat says by itself when nothing can be reached. */
    }
  }
  look();
  setInterval(look, BANNER_MS);
}
