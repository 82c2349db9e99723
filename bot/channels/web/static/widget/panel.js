/* The window of the chat: head, log, composer. It shows; chat.js and view.js decide. */

const TALLEST_INPUT_PX = 120;

function createPanel(chat, view) {
  const title = newId("title");
  const options = iconButton("options", t("options"), { onclick: () => view.showOptions(), "aria-haspopup": "dialog" });
  const log = h("div", { class: "log", role: "log", "aria-live": "polite", tabindex: "0", "aria-label": t("log") });
  const typing = h("p", { class: "typing", hidden: true }, h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), h("span", {}, t("typing")));
  const strip = h("p", { class: "strip", role: "status", hidden: true });
  const alert = h("p", { class: "alert", role: "alert", hidden: true });
  const banner = h("p", { class: "alert", role: "alert", hidden: true });
  const input = h("textarea", { rows: "1", maxlength: "2000", "aria-label": t("message"), placeholder: t("placeholder"), enterkeyhint: "send", onkeydown: onKey, oninput: grow });
  const microphone = hearsSpeech() && iconButton("microphone", t("dictate"), { onclick: () => view.dictate(), "aria-pressed": "false" });
  const form = h("form", { class: "composer", onsubmit: submit }, input, microphone, h("button", { class: "send", "aria-label": t("send"), title: t("send") }, icon("send")));

  const element = h(
    "section",
    { class: "panel", role: view.inline ? "region" : "dialog", "aria-labelledby": title },
    h(
      "div",
      { class: "head" },
      h("div", { class: "names" }, h("h2", { id: title }, t("title")), h("p", {}, t("subtitle", { province: PROVINCE.name }))),
      h("button", { type: "button", class: "human", onclick: () => chat.callPerson() }, icon("person"), t("human")),
      options,
      !view.inline && iconButton("close", t("minimise"), { onclick: () => view.close() }),
    ),
    banner,
    strip,
    log,
    typing,
    alert,
    form,
    h("div", { class: "foot" }, h("p", {}, t("careful")), h("button", { type: "button", class: "end", onclick: () => chat.askEnd() }, t("end"))),
  );

  function submit(event) {
    event?.preventDefault();
    const text = input.value.trim();
    if (!text) return input.focus();
    input.value = "";
    grow();
    chat.say(text);
  }

  function onKey(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  }

  function grow() {
    input.style.height = "auto";
    input.style.height = `${Math.min(input.scrollHeight + 2, TALLEST_INPUT_PX)}px`;
    chat.idle.used();
  }

  function show(box, text) {
    if (!text) reveal(box, false);
    if (box.textContent !== (text ?? "")) box.textContent = text ?? "";
    if (text) reveal(box, true);
  }

  /* What appears above or below the log takes its room from what was read, never from the last line. */
  function reveal(box, on) {
    if (box.hidden === !on) return;
    const below = log.scrollHeight - log.scrollTop - log.clientHeight;
    box.hidden = !on;
    log.scrollTop = log.scrollHeight - log.clientHeight - below;
  }

  /* News: the question goes to the top of what is seen, so that a long answer is read from its beginning. */
  function append(node, news) {
    const before = log.lastElementChild;
    log.append(node);
    const first = before?.classList.contains("citizen") ? before : node;
    log.scrollTop = news ? first.offsetTop - 12 : log.scrollHeight;
  }

  return {
    element,
    log,
    input,
    options,
    microphone,
    append,
    typing: (on) => reveal(typing, on),
    strip: (text) => show(strip, text),
    alert: (text) => show(alert, text),
    banner: (text) => show(banner, text),
  };
}
