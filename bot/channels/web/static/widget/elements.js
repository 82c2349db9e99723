/* Elements without markup in strings: nothing a server says can become code. */

const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  chat: "M4 5h16v11H9l-5 4z",
  close: "M6 6l12 12M18 6L6 18",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 20c1-4 4.5-6 8-6s7 2 8 6",
  send: "M12 19V5M6 11l6-6 6 6",
  options: "M4 7h16M4 12h16M4 17h16",
  microphone: "M12 4a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V7a3 3 0 0 0-3-3zM6 11a6 6 0 0 0 12 0M12 17v3",
  speaker: "M4 9v6h4l5 4V5L8 9zM16 9a4 4 0 0 1 0 6",
  print: "M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z",
  link: "M10 14l4-4M9 7l2-2a4 4 0 0 1 6 6l-2 2M15 17l-2 2a4 4 0 0 1-6-6l2-2",
  up: "M7 11v8H4v-8zM7 12l4-8c2 0 3 1 2.5 3.5L13 10h6l-2 9H7",
  down: "M7 13V5H4v8zM7 12l4 8c2 0 3-1 2.5-3.5L13 14h6l-2-9H7",
  map: "M12 21s7-6.5 7-11a7 7 0 0 0-14 0c0 4.5 7 11 7 11zM12 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  source: "M6 4h9l3 3v13H6zM9 11h6M9 15h6",
};

function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  element.append(...children.flat().filter((child) => child != null && child !== false));
  return element;
}

function drawing(path, box, attributes = {}) {
  const svg = document.createElementNS(SVG, "svg");
  const shape = document.createElementNS(SVG, "path");
  shape.setAttribute("d", path);
  svg.setAttribute("viewBox", `0 0 ${box} ${box}`);
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  svg.append(shape);
  return svg;
}

function icon(name) {
  return drawing(ICONS[name], 24, { class: "icon", "aria-hidden": "true" });
}

function iconButton(name, label, attributes = {}) {
  return h("button", { type: "button", class: "icon-button", "aria-label": label, title: label, ...attributes }, icon(name));
}

let lastId = 0;
function newId(prefix) {
  lastId += 1;
  return `${prefix}-${lastId}`;
}
