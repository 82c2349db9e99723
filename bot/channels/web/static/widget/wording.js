/* The interface's own words, in the citizen's language; answers stay in Vietnamese. */

function t(key, values = {}) {
  const text = WORDS[preferences.language][key] ?? WORDS.vi[key] ?? "";
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

function shownTime(at) {
  return new Date(at).toLocaleTimeString(preferences.language === "en" ? "en-GB" : "vi-VN", {
    hour: "2-digit",
    minute: "2-digit",
  });
}

function shownDay(iso) {
  const [year, month, day] = iso.split("-");
  return `${day}/${month}/${year}`;
}

/* The store keeps ⟦phone:1⟧ where a number stood. */
function shownText(text) {
  return text.replace(/⟦([a-z0-9]+):\d+⟧/g, (whole, kind) => `[${t(`hidden_${kind}`) || t("hidden_value")}]`);
}
