/* The conversation of this tab: its token, what waits to be sent, what was ticked off. Closing the tab forgets it,
   because many citizens sit at a shared computer; only who asked to be reminded here has it kept on this machine. */

const SESSION_KEY = "motcua.conversation";

/* promised: the office was closed when a person was asked for. kept: a reminder is to come here. */
const emptySession = () => ({ token: null, outbox: [], ticks: {}, rated: {}, surveyed: false, promised: false, kept: false });

function openSession() {
  const session = emptySession();

  function read() {
    try {
      Object.assign(session, JSON.parse(sessionStorage.getItem(SESSION_KEY) ?? localStorage.getItem(SESSION_KEY) ?? "{}"));
    } catch {
      return;
    }
  }

  session.save = () => {
    const { save, forget, ...kept } = session;
    try {
      sessionStorage.setItem(SESSION_KEY, JSON.stringify(kept));
      if (session.kept) localStorage.setItem(SESSION_KEY, JSON.stringify(kept));
      else localStorage.removeItem(SESSION_KEY);
    } catch {
      return;
    }
  };

  session.forget = (outbox = []) => {
    Object.assign(session, emptySession(), { outbox });
    session.save();
  };

  read();
  return session;
}
