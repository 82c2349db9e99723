/* What the citizen wrote and the server has not answered yet: kept in the session, sent one by one, oldest first, each
   under an id of its own, so that a message sent again is answered once. */

const LONGEST_WAIT_S = 30;
const GIVEN_UP = [400, 413, 422];

function createOutbox(session, server, on) {
  let sending = false;
  let timer = 0;
  let failures = 0;

  function add(text, shown) {
    const item = { id: crypto.randomUUID?.() ?? randomId(), text, shown, at: new Date().toISOString() };
    session.outbox.push(item);
    session.save();
    flush();
    return item;
  }

  async function flush() {
    clearTimeout(timer);
    if (sending) return;
    sending = true;
    try {
      while (session.outbox.length) await sendFirst();
    } catch (error) {
      later(error);
    } finally {
      sending = false;
    }
  }

  async function sendFirst() {
    const item = session.outbox[0];
    on.sending(item);
    try {
      const reply = await server.send(item);
      failures = 0;
      remove(item);
      on.answered(item, reply);
    } catch (error) {
      if (error.status === 401) return renew();
      if (!GIVEN_UP.includes(error.status)) throw error;
      remove(item);
      on.refused(item, error);
    }
  }

  /* The old conversation is over on the server: what waits opens a new one. */
  function renew() {
    session.forget(session.outbox);
    on.renewed();
  }

  function remove(item) {
    session.outbox = session.outbox.filter((other) => other.id !== item.id);
    session.save();
  }

  function later(error) {
    failures += 1;
    const seconds = error.retryAfter || Math.min(LONGEST_WAIT_S, 2 ** (failures - 1));
    timer = setTimeout(flush, seconds * 1000);
    on.delayed(error, seconds);
  }

  return { add, flush };
}

function randomId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
