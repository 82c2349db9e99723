/* The conversation: what is sent, what comes back, who answers, how it ends. */

const SURVEY_AFTER = 3;
const RELOAD_MS = 5000;
/* A live region speaks only of what changes after it stands. */
const ANNOUNCED_MS = 150;

class Chat {
  /* options: {base, inline} */
  constructor(root, options) {
    this.root = root;
    this.options = options;
    this.state = { queue: null, person: null, offline: false, waiting: 0, sending: false };
    this.session = openSession();
    this.server = connectServer(options.base, this.session);
    this.say = this.say.bind(this);
    this.transcript = new Transcript({
      session: this.session,
      server: this.server,
      say: this.say,
      showCode: (message) => codeDialog(root, message, this.server),
    });
    this.outbox = createOutbox(this.session, this.server, {
      sending: (item) => this.onSending(item),
      answered: (item, reply) => this.onAnswered(item, reply),
      refused: (item, error) => this.onRefused(item, error),
      renewed: () => this.onRenewed(),
      delayed: (error, seconds) => this.onDelayed(error, seconds),
    });
    this.stream = createStream(options.base, this.session, {
      after: () => this.transcript.lastSeen(),
      frame: (frame) => this.onFrame(frame),
      unknown: () => this.load(),
    });
    this.idle = watchIdle({
      active: () => Boolean(this.session.token) && !this.state.queue && !this.state.person && !this.session.kept,
      warn: () => this.warnIdle(),
      end: () => this.ended("ended_idle"),
      stay: () => this.server.stay().catch(() => null),
    });
    this.view = new ChatView(root, this, options.inline);
  }

  start() {
    this.view.build();
    this.idle.used();
    addEventListener("online", () => this.onOnline());
    addEventListener("offline", () => this.onOffline());
    this.load();
    watchBanner(this.options.base, (text) => this.view.banner(text));
  }

  /* Puts what was said, and what still waits to be sent, into a window that was just made. */
  fill(panel) {
    this.transcript.fill(panel);
    for (const item of this.session.outbox) this.transcript.show(this.pending(item));
  }

  whoHasIt() {
    const { person, queue } = this.state;
    if (person) return t("with_person", { name: person });
    if (!queue) return null;
    return t(this.session.promised ? "in_queue_closed" : "in_queue", { place: queue });
  }

  /* ---- speaking ---- */

  say(text, shown = text) {
    this.idle.used();
    stopReading();
    this.transcript.show(this.pending(this.outbox.add(text, shown)));
    this.view.panel.input.focus({ preventScroll: true });
  }

  complain() {
    complaintDialog(this.root, this.server, () => this.load());
  }

  callPerson() {
    this.say("/human", t("human"));
  }

  pending(item) {
    return { id: item.id, from: "citizen", text: item.shown, at: item.at, state: this.state.offline ? "queued" : "sending" };
  }

  onSending(item) {
    this.state.sending = true;
    this.transcript.show(this.pending(item));
    this.view.refresh();
  }

  onAnswered(item, reply) {
    Object.assign(this.state, { sending: false, offline: false, waiting: 0 });
    this.transcript.keep({ id: item.id, from: "citizen", text: item.shown, at: item.at });
    this.receive({ id: reply.turn_id, from: "assistant", at: new Date().toISOString(), ...reply });
    if ("open" in (reply.details ?? {})) this.session.promised = !reply.details.open;
    if ("reminder" in (reply.details ?? {})) this.session.kept = reply.details.reminder === "web";
    this.session.save();
    this.stream.open();
    this.view.refresh();
  }

  onRefused(item, error) {
    this.state.sending = false;
    this.transcript.keep({ id: item.id, from: "citizen", text: item.shown, at: item.at, state: "refused" });
    this.view.panel.input.value ||= item.shown;
    this.transcript.tell(error.status === 413 ? "error_long" : "error_refused");
    this.view.refresh();
  }

  onRenewed() {
    this.stream.close();
    Object.assign(this.state, { queue: null, person: null });
    this.transcript.tell("renewed");
  }

  onDelayed(error, seconds) {
    const offline = error.status === 0;
    Object.assign(this.state, { sending: false, offline, waiting: offline ? 0 : seconds });
    for (const item of this.session.outbox) this.transcript.show({ ...this.pending(item), state: "queued" });
    this.view.refresh();
  }

  /* ---- hearing ---- */

  async load() {
    clearTimeout(this.loading);
    try {
      if (this.session.token) await this.loadHistory();
    } catch (error) {
      if (error.status === 401) this.onClosed();
      else this.retryLoad(error);
    }
    this.view.refresh();
    this.outbox.flush();
  }

  retryLoad(error) {
    this.state.offline = error.status === 0;
    this.loading = setTimeout(() => this.load(), RELOAD_MS);
  }

  async loadHistory() {
    const { turns } = await this.server.history();
    for (const turn of turns) this.transcript.keep({ ...turn, id: turn.client_message_id ?? turn.turn_id });
    this.state.offline = false;
    this.stream.open();
  }

  onFrame(frame) {
    if (frame.type === "closed") this.onClosed();
    else if (frame.type === "queue") this.onQueue(frame);
    else this.receive({ id: frame.turn_id, ...frame });
  }

  /* What waits to be sent opens a new conversation; with nothing waiting the screen is cleared. */
  onClosed() {
    if (!this.session.outbox.length) return this.ended("ended_elsewhere");
    this.session.forget(this.session.outbox);
    this.onRenewed();
  }

  onQueue({ place, state, agent }) {
    const finished = (this.state.person || this.state.queue) && state === "assistant";
    this.state.queue = state === "queued" ? place : null;
    this.state.person = state === "person" ? (agent ?? this.state.person ?? t("officer")) : null;
    this.view.refresh();
    if (finished) this.survey();
  }

  receive(turn) {
    if (turn.from === "person") turn.name ??= this.state.person;
    if (!this.transcript.keep(turn)) return;
    this.view.news();
    if (preferences.aloud) readAloud(spokenOf(turn));
    if (turn.status === "smalltalk" && this.transcript.answered() >= SURVEY_AFTER) this.survey();
    this.idle.used();
    this.view.refresh();
  }

  onOnline() {
    this.state.offline = false;
    this.load();
  }

  onOffline() {
    this.state.offline = true;
    this.stream.close();
    this.view.refresh();
  }

  /* ---- ending ---- */

  askEnd() {
    const erase = () => this.erase();
    askDialog(this.root, t("end_title"), t("end_text"), [[t("go_on")], [t("end"), erase, "danger"]]);
  }

  warnIdle() {
    const acts = [[t("go_on"), () => this.idle.goOn()], [t("end"), () => this.erase(), "danger"]];
    return askDialog(this.root, t("idle_title"), t("idle_text"), acts);
  }

  async erase() {
    const gone = (error) => error.status === 401;
    const erased = !this.session.token || (await this.server.erase().then(() => true, gone));
    this.ended(erased ? "erased" : "not_erased");
  }

  ended(key) {
    this.stream.close();
    stopReading();
    this.session.forget();
    this.transcript.clear();
    Object.assign(this.state, { queue: null, person: null, sending: false, waiting: 0 });
    this.view.clear();
    setTimeout(() => this.transcript.tell(key), ANNOUNCED_MS);
  }

  survey() {
    const { session } = this;
    const { panel } = this.view;
    if (session.surveyed || !session.token || panel.log.querySelector(".survey")) return;
    const done = () => {
      session.surveyed = true;
      session.save();
    };
    panel.append(survey(this.server, done));
  }
}

function spokenOf(turn) {
  return turn.messages?.map((message) => message.spoken ?? message.text).join(" ") || turn.text;
}
