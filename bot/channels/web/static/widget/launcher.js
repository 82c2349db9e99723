/* The round button in the corner of a portal, and the greeting inside the chat. */

function createLauncher(press) {
  const badge = h("span", { class: "badge", "aria-hidden": "true", hidden: true });
  const label = h("span", {}, t("launch"));
  const element = h("button", { type: "button", class: "launcher", onclick: press }, icon("chat"), label, badge);

  function show(open, unread) {
    badge.hidden = unread === 0;
    badge.textContent = unread > 9 ? "9+" : String(unread);
    label.textContent = t("launch");
    element.hidden = open;
    element.setAttribute("aria-expanded", String(open));
    element.setAttribute("aria-label", unread ? t("launch_unread", { count: unread }) : t("launch"));
  }

  return { element, show };
}

const TOPICS = ["topic_birth", "topic_identity", "topic_land", "topic_dossier"];

function welcome(say) {
  return h(
    "div",
    { class: "welcome" },
    h("p", { class: "greeting" }, t("greeting", { province: PROVINCE.name })),
    h("p", {}, t("greeting_more")),
    h("div", { class: "choices", role: "group", "aria-label": t("topics") }, TOPICS.map((key) => h("button", { type: "button", class: "chip", onclick: () => say(WORDS.vi[`${key}_text`]) }, t(key)))),
    h("p", { class: "hint" }, t("hotline", { hotline: PROVINCE.hotline })),
  );
}
