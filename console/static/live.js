/* Keeps marked parts of a page up to date: asks for the page again and exchanges the part when it has changed. */
"use strict";
for (const part of document.querySelectorAll("[data-live][id]")) {
  keep(part, Number(part.dataset.live) * 1000);
}

function keep(part, milliseconds) {
  let shown = part;
  setInterval(() => {
    if (document.hidden || document.querySelector("[data-still]")) return;
    const request = new XMLHttpRequest();
    request.responseType = "document";
    request.open("GET", location.pathname + location.search);
    request.onload = () => {
      const fresh = request.status === 200 && request.response?.getElementById(shown.id);
      if (!fresh || fresh.innerHTML === shown.innerHTML) return;
      const adopted = document.importNode(fresh, true);
      shown.replaceWith(adopted);
      shown = adopted;
    };
    request.send();
  }, milliseconds);
}
