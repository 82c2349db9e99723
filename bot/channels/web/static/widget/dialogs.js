/* Modal windows: options, the end, a code to photograph. The browser's own <dialog> keeps focus and Escape right. */

function openDialog(root, title, content, attributes = {}) {
  const heading = newId("title");
  const dialog = h(
    "dialog",
    { "aria-labelledby": heading, ...attributes },
    h("div", { class: "dialog-head" }, h("h2", { id: heading }, title), iconButton("close", t("close"), { onclick: () => dialog.close() })),
    content,
  );
  dialog.addEventListener("close", () => dialog.remove());
  root.append(dialog);
  dialog.showModal();
  return dialog;
}

function choiceGroup(label, name, options, current, choose) {
  return h(
    "fieldset",
    {},
    h("legend", {}, label),
    options.map(([value, title, lang]) =>
      h("label", { class: "option", lang }, h("input", { type: "radio", name, checked: value === current, onchange: () => choose(value) }), title),
    ),
  );
}

function switchOption(label, current, choose) {
  const box = h("input", { type: "checkbox", checked: current, onchange: () => choose(box.checked) });
  return h("label", { class: "option" }, box, label);
}

function optionsDialog(root, chat, view) {
  const dialog = openDialog(root, t("options"), [
    choiceGroup(t("language"), newId("language"), [["vi", "Tiếng Việt", "vi"], ["en", "English", "en"]], preferences.language, (value) => {
      dialog.close();
      view.change("language", value);
    }),
    choiceGroup(t("text_size"), newId("size"), [[1, t("size_normal")], [1.2, t("size_large")], [1.45, t("size_largest")]], preferences.size, (value) => view.change("size", value)),
    h(
      "fieldset",
      {},
      h("legend", {}, t("reading")),
      switchOption(t("contrast"), preferences.contrast, (on) => view.change("contrast", on)),
      vietnameseVoice() && switchOption(t("aloud"), preferences.aloud, (on) => view.change("aloud", on)),
    ),
    h(
      "div",
      { class: "dialog-acts stacked" },
      h("button", { type: "button", class: "plain", onclick: () => (dialog.close(), chat.complain()) }, t("complain")),
      h("button", { type: "button", class: "plain", onclick: () => (dialog.close(), chat.say(WORDS.vi.ticket, t("ticket"))) }, t("ticket")),
      h("button", { type: "button", class: "plain", onclick: () => (dialog.close(), chat.say("/move", t("elsewhere"))) }, t("elsewhere")),
      h("button", { type: "button", class: "plain", onclick: () => (dialog.close(), chat.survey()) }, t("rate")),
      h("button", { type: "button", class: "plain danger", onclick: () => (dialog.close(), chat.askEnd()) }, t("end")),
    ),
  ]);
}

/* acts: [title, act, class] each; the first is the safe one and has the focus. */
function askDialog(root, title, text, acts) {
  const description = newId("text");
  const buttons = acts.map(([label, act, tone = ""], index) =>
    h("button", { type: "button", class: `${index ? "strong" : "plain"} ${tone}`, autofocus: index === 0, onclick: () => (dialog.close(), act?.()) }, label),
  );
  const content = [h("p", { id: description }, text), h("div", { class: "dialog-acts" }, buttons)];
  const dialog = openDialog(root, title, content, { role: "alertdialog", "aria-describedby": description });
  return dialog;
}

async function codeDialog(root, message, server) {
  const link = await server.link(message.entry_ids[0]).catch(() => null);
  const source = message.sources[0]?.url;
  openDialog(root, t("code_show"), [
    link ? code(link) : h("p", {}, t("error_offline")),
    link && h("p", { class: "address" }, outside(link.url, link.url)),
    source?.startsWith("https://") && h("p", {}, outside(source, t("procedure_page"))),
    h("p", { class: "hint" }, t("code_hint")),
  ]);
}
