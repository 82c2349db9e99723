/* Ten idle minutes end a conversation, because the machine may be shared; a minute before, the citizen may go on. */

const IDLE_MS = 10 * 60 * 1000;
const WARNING_MS = 60 * 1000;
const TELL_SERVER_MS = 2 * 60 * 1000;

function watchIdle({ active, warn, end, stay }) {
  let warned = null;
  let timer = 0;
  let told = Date.now();

  function used() {
    clearTimeout(timer);
    warned?.close();
    warned = null;
    timer = setTimeout(ask, IDLE_MS - WARNING_MS);
    if (active() && Date.now() - told > TELL_SERVER_MS) {
      told = Date.now();
      stay();
    }
  }

  function ask() {
    if (!active()) return;
    warned = warn();
    timer = setTimeout(finish, WARNING_MS);
  }

  function finish() {
    warned?.close();
    warned = null;
    if (active()) end();
  }

  return { used, goOn: () => ((told = 0), used()) };
}
