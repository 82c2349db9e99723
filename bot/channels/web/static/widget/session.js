/* The conversation of this tab: its token, what waits to be sent, what was ticked off. Closing the tab forgets it,
   because many citizens sit at a shared computer. */

const SESSION_KEY = "motcua.conversation";

function openSession() {
  const session = { token: null, outbox: [], ticks: {}, rated: {}, surveyed: false };

  function read() {
    try {
      Object.assign(session, JSON.parse(sessionStorage.getItem(SESSION_KEY) ?? "{}"));
    } catch {
      return;
    }
  }

  session.save = () => {
    const { save, forget, ...kept } = session;
    try {
      sessionStorage.setItem(SESSION_KEY, JSON.stringify(kept));
    } catch {
      return;
    }
  };

  session.forget = (outbox = []) => {
    Object.assign(session, { token: null, outbox, ticks: {}, rated: {}, surveyed: false });
    session.save();
  };

  read();
  return session;
}
