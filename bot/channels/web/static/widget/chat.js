/* The conversation: what was said, what waits, who answers. */

const SURVEY_AFTER = 3;
const RELOAD_MS = 5000;
/* A live region speaks only of what changes after it stands. */
const ANNOUNCED_MS = 150;

function createChat(root, options) {
  const session = openSession();
  const server = connectServer(options.base, session);
  const turns = new Map();
  const state = { queue: null, person: null, offline: false, waiting: 0, sending: false, unread: 0, open: options.inline };
  const context = { session, server, say, showCode: (message) => codeDialog(root, message, server) };
  const act = { say, human: () => say("/human", t("human")), options: openOptions, end: askEnd, close, dictate, used: () => idle.used() };
  const outbox = createOutbox(session, server, { sending: onSending, answered: onAnswered, refused: onRefused, renewed: onRenewed, delayed: onDelayed });
  const stream = createStream(options.base, session, { frame: onFrame, unknown: load });
  const idle = watchIdle({ active: () => Boolean(session.token) && !state.queue && !state.person, warn: warnIdle, end: () => ended("ended_idle"), stay: () => server.stay().catch(() => null) });
  const launcher = options.inline ? null : createLauncher(() => (state.open ? close() : open()));
  let panel;
  let stopListening = null;
  let loading = 0;
  let speaks = Boolean(vietnameseVoice());

  /* ---- what is seen ---- */

  function build() {
    const draft = panel?.input.value ?? "";
    panel?.element.remove();
    panel = createPanel(act, options.inline);
    panel.element.hidden = !state.open;
    panel.input.value = draft;
    root.append(panel.element);
    panel.log.append(welcome({ say, act, start: options.start }));
    for (const turn of turns.values()) draw(turn);
    for (const item of session.outbox) draw(pending(item));
    refresh();
  }

  function draw(turn, news = false) {
    let node = panel.log.querySelector(`[data-id="${CSS.escape(turn.id)}"]`);
    if (!node) {
      node = RENDER[turn.from](turn, context);
      node.dataset.id = turn.id;
      panel.append(node, news);
    }
    if (turn.from === "citizen") showState(node, turn);
  }

  function refresh() {
    panel.typing(state.sending && !state.offline);
    panel.strip(state.person ? t("with_person", { name: state.person }) : state.queue ? t(session.promised ? "in_queue_closed" : "in_queue", { place: state.queue }) : null);
    panel.alert(state.offline ? t("error_offline") : state.waiting ? t("error_busy", { seconds: state.waiting }) : null);
    launcher?.show(state.open, state.unread);
    root.className = `chat ${options.inline ? "inline" : "floating"} ${preferences.contrast ? "contrast" : ""}`;
    root.lang = preferences.language;
    if (launcher) root.setAttribute("aria-label", t("title"));
    root.style.setProperty("--scale", preferences.size);
  }

  function keep(turn) {
    const news = !turns.has(turn.id);
    turns.set(turn.id, turn);
    draw(turn, news && turn.from !== "citizen");
    return news;
  }

  function tell(key) {
    keep({ id: newId("notice"), from: "notice", key });
  }

  /* ---- speaking ---- */

  function say(text, shown = text) {
    idle.used();
    stopReading();
    draw(pending(outbox.add(text, shown)));
    panel.input.focus({ preventScroll: true });
  }

  function pending(item) {
    return { id: item.id, from: "citizen", text: item.shown, at: item.at, state: state.offline ? "queued" : "sending" };
  }

  function onSending(item) {
    state.sending = true;
    draw(pending(item));
    refresh();
  }

  function onAnswered(item, reply) {
    Object.assign(state, { sending: false, offline: false, waiting: 0 });
    keep({ id: item.id, from: "citizen", text: item.shown, at: item.at });
    receive({ id: reply.turn_id, from: "assistant", at: new Date().toISOString(), ...reply });
    if ("open" in (reply.details ?? {})) session.promised = !reply.details.open;
    stream.open(lastSeen);
    refresh();
  }

  function onRefused(item, error) {
    state.sending = false;
    keep({ id: item.id, from: "citizen", text: item.shown, at: item.at, state: "refused" });
    panel.input.value ||= item.shown;
    tell(error.status === 413 ? "error_long" : "error_refused");
    refresh();
  }

  function onRenewed() {
    stream.close();
    Object.assign(state, { queue: null, person: null });
    tell("renewed");
  }

  function onDelayed(error, seconds) {
    Object.assign(state, { sending: false, offline: error.status === 0, waiting: error.status === 0 ? 0 : seconds });
    for (const item of session.outbox) draw({ ...pending(item), state: "queued" });
    refresh();
  }

  /* ---- hearing ---- */

  function onFrame(frame) {
    if (frame.type === "closed") return session.token && ended("ended_elsewhere");
    if (frame.type === "queue") return onQueue(frame);
    receive({ id: frame.turn_id, ...frame });
  }

  function onQueue({ place, state: now, agent }) {
    const finished = (state.person || state.queue) && now === "assistant";
    state.queue = now === "queued" ? place : null;
    state.person = now === "person" ? agent ?? state.person ?? t("officer") : null;
    refresh();
    if (finished) showSurvey();
  }

  function receive(turn) {
    if (turn.from === "person") turn.name ??= state.person;
    if (!keep(turn)) return;
    if (!state.open) state.unread += 1;
    if (preferences.aloud) readAloud(spokenOf(turn));
    const answers = [...turns.values()].filter((one) => one.status === "answered").length;
    if (turn.status === "smalltalk" && answers >= SURVEY_AFTER) showSurvey();
    idle.used();
    refresh();
  }

  function lastSeen() {
    return [...turns.values()].filter((turn) => turn.from === "assistant" || turn.from === "person").at(-1)?.id ?? null;
  }

  async function load() {
    if (!session.token) return outbox.flush();
    try {
      const { turns: stored, state: now } = await server.history();
      for (const turn of stored) keep({ ...turn, id: turn.client_message_id ?? turn.turn_id });
      if (now === "ended") return ended("ended_elsewhere");
      stream.open(lastSeen);
    } catch (error) {
      if (error.status === 401) return ended("ended_elsewhere");
      state.offline = error.status === 0;
      clearTimeout(loading);
      loading = setTimeout(load, RELOAD_MS);
    }
    refresh();
    outbox.flush();
  }

  /* ---- ending ---- */

  function askEnd() {
    askDialog(root, t("end_title"), t("end_text"), [[t("go_on")], [t("end"), erase, "danger"]]);
  }

  async function erase() {
    const erased = session.token ? await server.erase().then(() => true, (error) => error.status === 401) : true;
    ended(erased ? "erased" : "not_erased");
  }

  function ended(key) {
    stream.close();
    stopReading();
    session.forget();
    turns.clear();
    Object.assign(state, { queue: null, person: null, sending: false, waiting: 0, unread: 0 });
    panel.input.value = "";
    build();
    setTimeout(() => tell(key), ANNOUNCED_MS);
    if (state.open && !options.inline) panel.input.focus();
  }

  function warnIdle() {
    return askDialog(root, t("idle_title"), t("idle_text"), [[t("go_on"), () => idle.goOn()], [t("end"), erase, "danger"]]);
  }

  /* ---- window, options, voice ---- */

  function open() {
    Object.assign(state, { open: true, unread: 0 });
    panel.element.hidden = false;
    refresh();
    panel.input.focus();
  }

  function close() {
    if (options.inline) return;
    state.open = false;
    panel.element.hidden = true;
    refresh();
    launcher.element.focus();
  }

  function openOptions() {
    optionsDialog(root, { change, survey: showSurvey, end: askEnd });
  }

  function change(name, value) {
    changePreference(name, value);
    if (name !== "language") return refresh();
    build();
    panel.options.focus();
  }

  function showSurvey() {
    if (session.surveyed || !session.token || panel.log.querySelector(".survey")) return;
    panel.append(survey(server, () => ((session.surveyed = true), session.save())));
  }

  function dictate() {
    if (!preferences.microphoneAllowed) {
      return askDialog(root, t("dictate"), t("dictate_text"), [[t("no_thanks")], [t("agree"), () => (changePreference("microphoneAllowed", true), dictate())]]);
    }
    if (stopListening) return stopListening();
    panel.microphone.setAttribute("aria-pressed", "true");
    stopListening = listen({
      heard: (text) => (panel.input.value = text),
      ended: () => {
        stopListening = null;
        panel.microphone.setAttribute("aria-pressed", "false");
        panel.input.focus();
      },
    });
  }

  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && state.open && !root.querySelector("dialog[open]")) close();
  });
  addEventListener("online", () => ((state.offline = false), load()));
  addEventListener("offline", () => ((state.offline = true), stream.close(), refresh()));
  whenVoicesChange(() => {
    if (speaks !== Boolean(vietnameseVoice())) build();
    speaks = Boolean(vietnameseVoice());
  });
  if (launcher) root.append(launcher.element);
  build();
  idle.used();
  load();
  return { open, close, say };
}

function spokenOf(turn) {
  return turn.messages?.map((message) => message.spoken ?? message.text).join(" ") || turn.text;
}

const RENDER = {
  citizen: citizenTurn,
  assistant: answerTurn,
  person: answerTurn,
  notice: ({ key }) => h("p", { class: "notice" }, t(key)),
};
