/* Reads the script tag and puts the chat into the page.

   <script src="https://…/widget.js" defer data-target="#chat" data-language="en"></script>
   data-target: an element to open the chat in; without it a button stands in the corner.
   data-entry: an entry to ask about at once. An address that ends in #ma=123456 carries a conversation over by its code. Any element with data-motcua-ask="…" asks that question when pressed. */

let shadow = null;

function chatRoot() {
  return shadow.querySelector(".chat");
}

function begin(tag) {
  const target = tag.dataset.target ? document.querySelector(tag.dataset.target) : null;
  const host = document.createElement("motcua-chat");
  shadow = host.attachShadow({ mode: "open" });
  const style = new CSSStyleSheet();
  style.replaceSync(STYLE);
  shadow.adoptedStyleSheets = [style];
  shadow.append(h("div", { class: "chat", role: target ? null : "region" }));
  host.toggleAttribute("inline", Boolean(target));
  readPreferences({ language: tag.dataset.language === "en" ? "en" : "vi" });
  (target ?? document.body).append(host);
  const chat = new Chat(chatRoot(), { base: new URL(tag.src).origin, inline: Boolean(target) });
  chat.start();
  if (tag.dataset.entry) chat.say(`/ask${JSON.stringify({ entry: tag.dataset.entry })}`, t("ask_entry", { entry: tag.dataset.entry }));
  const carried = /^#ma=(\d{6})$/.exec(location.hash);
  if (carried) {
    history.replaceState(null, "", location.pathname + location.search);
    chat.view.open();
    chat.say(carried[1], t("elsewhere"));
  }
  document.addEventListener("click", (event) => {
    const asked = event.target.closest?.("[data-motcua-ask]");
    if (!asked) return;
    event.preventDefault();
    chat.view.open();
    chat.say(asked.dataset.motcuaAsk);
  });
}

if (document.currentScript && !document.querySelector("motcua-chat")) {
  const tag = document.currentScript;
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => begin(tag));
  else begin(tag);
}
