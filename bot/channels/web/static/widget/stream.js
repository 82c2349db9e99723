/* What the server says by itself: a person's words, the place in the queue, the end. Reconnects with back-off. */

const LONGEST_PAUSE_MS = 30000;
const UNKNOWN_TOKEN = 4401;

function createStream(base, session, on) {
  let socket = null;
  let failures = 0;
  let timer = 0;

  function open() {
    clearTimeout(timer);
    if (!session.token || socket) return;
    const mine = new WebSocket(`${base.replace(/^http/, "ws")}/api/chat/stream`);
    socket = mine;
    mine.onopen = () => mine.send(JSON.stringify({ token: session.token, after: on.after() }));
    mine.onmessage = (event) => {
      if (socket !== mine) return;
      failures = 0;
      on.frame(JSON.parse(event.data));
    };
    mine.onclose = (event) => {
      if (socket !== mine) return;
      socket = null;
      failures += 1;
      if (event.code === UNKNOWN_TOKEN) on.unknown();
      timer = setTimeout(open, Math.min(LONGEST_PAUSE_MS, 500 * 2 ** failures));
    };
  }

  function close() {
    clearTimeout(timer);
    const mine = socket;
    socket = null;
    mine?.close();
  }

  return { open, close };
}
