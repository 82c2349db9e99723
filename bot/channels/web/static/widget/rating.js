/* Thumbs under an answer, and one tap for the whole conversation. */

const REASONS = ["reason_other_question", "reason_wrong", "reason_missing", "reason_unclear"];

function thumbs(turn, session, server) {
  const box = h("div", { class: "thumbs", role: "group", "aria-label": t("helpful_question") });
  const thanks = h("span", { class: "thanks", role: "status" });
  const buttons = { true: thumb("up", "helpful", true), false: thumb("down", "not_helpful", false) };
  let asking = null;

  function thumb(drawn, label, helpful) {
    const chosen = session.rated[turn.id] === helpful;
    return iconButton(drawn, t(label), { "aria-pressed": String(chosen), onclick: () => choose(helpful) });
  }

  async function choose(helpful) {
    session.rated[turn.id] = helpful;
    session.save();
    for (const [key, button] of Object.entries(buttons)) button.setAttribute("aria-pressed", String(key === String(helpful)));
    asking?.remove();
    asking = helpful ? null : reasons();
    if (asking) box.append(asking);
    await tell({ helpful });
  }

  async function tell(judgement) {
    const kept = await server.rate({ turn_id: turn.id, ...judgement }).then(() => true, () => false);
    thanks.textContent = t(kept ? "thanks" : "not_kept");
  }

  function reasons() {
    const group = h("div", { class: "reasons", role: "group", "aria-label": t("why") });
    const say = async (key) => {
      asking = null;
      group.remove();
      buttons.false.focus();
      await tell({ helpful: false, reason: WORDS.vi[key] });
    };
    group.append(...REASONS.map((key) => h("button", { type: "button", class: "chip", onclick: () => say(key) }, t(key))));
    return group;
  }

  box.append(h("span", { class: "question" }, t("helpful_question")), buttons.true, buttons.false, thanks);
  return box;
}

function survey(server, done) {
  const title = newId("survey");
  const box = h("section", { class: "survey", "aria-labelledby": title });
  const mark = async (score) => {
    const kept = await server.rate({ score }).then(() => true, () => false);
    const marked = box.contains(box.getRootNode().activeElement);
    box.replaceChildren(h("p", { role: "status", tabindex: "-1" }, t(kept ? "survey_thanks" : "not_kept")));
    if (marked) box.firstChild.focus();
    if (kept) done();
  };
  const marks = [1, 2, 3, 4, 5].map((score) =>
    h("button", { type: "button", class: "mark", onclick: () => mark(score), "aria-label": t(`score_${score}`) }, String(score)),
  );
  box.append(
    h("h3", { id: title }, t("survey_question")),
    h("div", { class: "marks", role: "group", "aria-labelledby": title }, marks),
    h("p", { class: "ends", "aria-hidden": "true" }, h("span", {}, t("score_1")), h("span", {}, t("score_5"))),
  );
  return box;
}
