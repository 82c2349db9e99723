/* Where an answer comes from, when that was checked, and by whom it was not. */

function sourceLine(source) {
  const basis = source.decision ?? source.legal_basis.join(", ");
  const parts = [basis ? t("basis", { basis }) : t("basis_none")];
  parts.push(source.checked_at ? t("checked", { day: shownDay(source.checked_at) }) : t("unchecked"));
  return parts.join(" · ");
}

function sourceCard(source) {
  const review = source.review === "officer" ? "reviewed" : "not_reviewed";
  const title = source.url?.startsWith("https://") ? outside(source.url, source.title) : source.title;
  const more = source.decision && source.legal_basis.length > 0;
  return h(
    "div",
    { class: "source" },
    icon("source"),
    h(
      "div",
      {},
      h("p", { class: "source-title", lang: "vi" }, title),
      h("p", {}, sourceLine(source)),
      more && h("details", {}, h("summary", {}, t("legal_basis")), h("p", {}, source.legal_basis.join(", "))),
      h("p", { class: `review ${review}` }, t(review)),
    ),
  );
}

function sourceCards(message) {
  if (!message.sources?.length) return null;
  return h("div", { class: "sources", role: "group", "aria-label": t("sources") }, message.sources.map(sourceCard));
}
