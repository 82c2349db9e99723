/* A sheet of paper for one answer: the list with empty boxes, where it comes from, and a code that leads back to it. */

const SHEET = `
  @page { margin: 18mm }
  body { font: 12pt/1.5 "Segoe UI", Roboto, "Noto Sans", sans-serif; color: #000; margin: 0 }
  h1 { font-size: 17pt; line-height: 1.3; margin: 0 0 2mm } h2 { font-size: 11pt; margin: 0; font-weight: 600 }
  header { border-bottom: 1.5pt solid #0b5568; padding-bottom: 3mm; margin-bottom: 5mm }
  ul { list-style: none; padding: 0 } li { margin: 0 0 3mm; padding-left: 9mm; text-indent: -9mm }
  ul > li::before { content: ""; display: inline-block; width: 4mm; height: 4mm; border: 1pt solid #000; margin-right: 4mm;
    vertical-align: -0.5mm }
  ul > li.done::before { content: "✓"; line-height: 4mm; text-indent: 0; text-align: center }
  footer { display: flex; gap: 6mm; align-items: center; border-top: .5pt solid #888; margin-top: 8mm; padding-top: 4mm;
    font-size: 9.5pt; break-inside: avoid }
  footer svg { width: 28mm; height: 28mm; flex: none } p { margin: 0 0 2mm }`;

async function printAnswer(message, ticks, server) {
  const link = await server.link(message.entry_ids[0]).catch(() => null);
  const frame = h("iframe", { title: t("print"), "aria-hidden": "true", tabindex: "-1", class: "sheet" });
  chatRoot().append(frame);
  const page = frame.contentDocument;
  const style = new frame.contentWindow.CSSStyleSheet();
  style.replaceSync(SHEET);
  page.adoptedStyleSheets = [style];
  page.documentElement.lang = "vi";
  page.title = message.sources[0]?.title ?? t("papers");
  page.body.append(...sheetOf(message, new Set(ticks), link));
  frame.contentWindow.addEventListener("afterprint", () => frame.remove());
  frame.contentWindow.print();
}

function sheetOf(message, ticks, link) {
  let number = 0;
  const blocks = blocksOf(message.text).map((block) => {
    const element = renderBlock(block);
    if (block.kind === "list") for (const line of element.children) if (ticks.has(number++)) line.className = "done";
    return element;
  });
  return [
    h("header", {}, h("h2", {}, t("sheet_head", { province: PROVINCE.name })), h("h1", {}, message.sources[0]?.title ?? "")),
    ...blocks,
    h("footer", {}, link && code(link), h("div", {}, ...message.sources.map((s) => h("p", {}, sourceLine(s))), link && h("p", {}, link.url))),
  ];
}

function code(link) {
  return drawing(link.path, link.size, { role: "img", "aria-label": t("code"), class: "code", "shape-rendering": "crispEdges" });
}
