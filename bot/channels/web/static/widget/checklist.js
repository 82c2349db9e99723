/* The papers to bring, as a list that can be ticked off. Ticks belong to the tab's session. */

function checklist(turnId, blocks, session) {
  const ticked = new Set(session.ticks[turnId] ?? []);
  const total = blocks.filter((block) => block.kind === "list").flatMap((block) => block.lines).length;
  const count = h("p", { class: "count", "aria-live": "polite" });
  let number = 0;

  function tell() {
    count.textContent = t("papers_ready", { done: ticked.size, total });
  }

  function tick(index, on) {
    ticked[on ? "add" : "delete"](index);
    session.ticks[turnId] = [...ticked];
    session.save();
    tell();
  }

  function paper(line) {
    const index = number++;
    const box = h("input", { type: "checkbox", checked: ticked.has(index), onchange: () => tick(index, box.checked) });
    return h("li", {}, h("label", { class: "paper" }, box, h("span", {}, paperText(line))));
  }

  tell();
  const parts = blocks.map((block) =>
    block.kind === "list" ? h("ul", { class: "papers" }, block.lines.map(paper)) : renderBlock(block),
  );
  parts.splice(blocks.findLastIndex((block) => block.kind === "list") + 1, 0, count);
  return parts;
}

/* The paper itself stands out; what is said about it comes after the first full stop. */
function paperText(line) {
  const end = line.search(/(?<=[^.]{12})\.\s/);
  if (end < 0) return linked(line);
  return [h("span", { class: "paper-name" }, line.slice(0, end + 1)), " ", h("span", { class: "paper-note" }, linked(line.slice(end + 2)))];
}

function isChecklist(message, blocks) {
  return message.aspect === "documents" && blocks.some((block) => block.kind === "list");
}
