/* One utterance in the log. */

const RATED = ["answered", "unanswered", "clarification"];

function citizenTurn(turn) {
  const state = h("p", { class: "state" });
  return h(
    "article",
    { class: "turn citizen", "aria-label": t("you_at", { time: shownTime(turn.at) }) },
    h("div", { class: "bubble", lang: "vi" }, h("p", {}, shownText(turn.text))),
    state,
  );
}

/* In place, so that a screen reader does not hear the message again. */
function showState(node, turn) {
  const state = node.querySelector(".state");
  state.hidden = !turn.state;
  state.textContent = turn.state ? t(`state_${turn.state}`) : "";
}

function answerTurn(turn, context) {
  const person = turn.from === "person";
  const name = person ? turn.name ?? t("officer") : t("assistant");
  const messages = turn.messages?.length ? turn.messages : [{ text: turn.text }];
  return h(
    "article",
    { class: `turn ${turn.from} ${turn.status ?? ""}`, "aria-label": t("says_at", { name, time: shownTime(turn.at) }) },
    h("p", { class: "who" }, icon(person ? "person" : "chat"), h("span", {}, name), h("time", { datetime: turn.at }, shownTime(turn.at))),
    messages.map((message, index) => messageBubble(turn, message, index, context)),
    RATED.includes(turn.status) && thumbs(turn, context.session, context.server),
  );
}

function messageBubble(turn, message, index, context) {
  const urgent = turn.status === "urgent";
  const blocks = blocksOf(shownText(message.text));
  const key = `${turn.id}.${index}`;
  const content = isChecklist(message, blocks)
    ? checklist(key, blocks, context.session)
    : blocks.map((block) => renderBlock(block, urgent));
  return h(
    "div",
    { class: "message" },
    h("div", { class: "bubble", lang: "vi" }, content, urgent && calls(message.text)),
    tools(message, key, context),
    sourceCards(message),
    choices(turn, message, context),
  );
}

function calls(text) {
  const numbers = emergencyNumbers(text);
  return h("p", { class: "calls" }, numbers.map((number) => h("a", { class: "call", href: `tel:${number}` }, t("call", { number }))));
}

function tools(message, key, context) {
  const known = message.entry_ids?.length === 1 && message.aspect;
  const made = [
    vietnameseVoice() && tool("speaker", "listen", () => readAloud(message.spoken ?? message.text)),
    known && tool("print", message.aspect === "documents" ? "print_papers" : "print", () => printAnswer(message, context.session.ticks[key], context.server)),
    known && tool("link", "code_show", () => context.showCode(message)),
    message.aspect === "place" && PROVINCE.centre.map && mapLink(),
  ].filter(Boolean);
  return made.length ? h("div", { class: "tools" }, made) : null;
}

function tool(drawn, label, act) {
  return h("button", { type: "button", class: "tool", onclick: act }, icon(drawn), t(label));
}

function mapLink() {
  const link = outside(PROVINCE.centre.map, icon("map"), t("map"));
  link.className = "tool";
  return link;
}

function choices(turn, message, context) {
  if (!message.buttons?.length) return null;
  const stacked = turn.status === "clarification" ? " stacked" : "";
  const press = (button) => context.say(button.payload, button.title);
  return h(
    "div",
    { class: `choices${stacked}`, role: "group", "aria-label": t("choices") },
    message.buttons.map((button) => h("button", { type: "button", class: "chip", lang: "vi", onclick: () => press(button) }, button.title)),
  );
}
