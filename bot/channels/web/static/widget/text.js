/* A message's text as paragraphs and lists; addresses and emergency numbers become links. */

const EMERGENCY = /(?<!\d|\d\.)(?:11[1345])(?!\d|\.\d)/g;
const ADDRESS = /https?:\/\/[^\s<>"]+[^\s<>".,;:)]/g;

/* [{kind: "text" | "list" | "steps", lines: [..]}], in order */
function blocksOf(text) {
  const blocks = [];
  for (const line of text.split("\n").map((part) => part.trim()).filter(Boolean)) {
    const bullet = /^[-•]\s+(.*)$/.exec(line);
    const step = /^\d+[.)]\s+(.*)$/.exec(line);
    const kind = bullet ? "list" : step ? "steps" : "text";
    const last = blocks.at(-1);
    const content = (bullet ?? step)?.[1] ?? line;
    if (last?.kind === kind && kind !== "text") last.lines.push(content);
    else blocks.push({ kind, lines: [content] });
  }
  return blocks;
}

function renderBlock(block, urgent) {
  if (block.kind === "text") return h("p", {}, linked(block.lines[0], urgent));
  return h(block.kind === "list" ? "ul" : "ol", {}, block.lines.map((line) => h("li", {}, linked(line, urgent))));
}

function linked(text, urgent) {
  const pattern = urgent ? new RegExp(`${ADDRESS.source}|${EMERGENCY.source}`, "g") : ADDRESS;
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    parts.push(text.slice(end, match.index));
    parts.push(match[0].startsWith("http") ? outside(match[0], match[0]) : h("a", { href: `tel:${match[0]}` }, match[0]));
    end = match.index + match[0].length;
  }
  return [...parts, text.slice(end)].filter(Boolean);
}

function outside(url, ...content) {
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, ...content);
}

function emergencyNumbers(text) {
  return [...new Set(text.match(EMERGENCY) ?? [])];
}
