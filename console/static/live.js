/* Keeps marked parts of a page up to date: asks for the page again and exchanges the parts that have changed. Says so
   when the network or the session is lost, and shows in the title how many people wait. */
"use strict";
const parts = [...document.querySelectorAll("[data-live][id]")].map((part) => part.id);
const LOST = "Mất kết nối. Đang thử lại; những gì đã viết vẫn còn.";
const OVER = "Đã hết phiên làm việc. Hãy mở trang đăng nhập ở thẻ khác rồi quay lại đây.";
let failures = 0;

function step() {
  if (document.hidden || document.querySelector("[data-still]")) return plan();
  const request = new XMLHttpRequest();
  request.responseType = "document";
  request.timeout = 10000;
  request.open("GET", location.pathname + location.search);
  request.setRequestHeader("Motcua-Live", "1");
  request.onload = () => {
    if (request.status !== 200) return lost(LOST);
    if (new URL(request.responseURL).pathname !== location.pathname) return lost(OVER);
    failures = 0;
    say("");
    for (const id of parts) exchange(id, request.response.getElementById(id));
    document.title = request.response.title;
    plan();
  };
  request.onerror = request.ontimeout = () => lost(LOST);
  request.send();
}

function exchange(id, fresh) {
  const shown = document.getElementById(id);
  if (!fresh || !shown || fresh.innerHTML === shown.innerHTML || shown.contains(document.activeElement)) return;
  shown.replaceWith(document.importNode(fresh, true));
}

function lost(why) {
  failures += 1;
  say(why);
  plan();
}

function say(why) {
  let strip = document.getElementById("ket-noi");
  if (!strip && why) {
    strip = document.createElement("p");
    strip.id = "ket-noi";
    strip.className = "error";
    strip.setAttribute("role", "alert");
    document.getElementById("noi-dung").prepend(strip);
  }
  if (strip && strip.textContent !== why) strip.textContent = why;
  if (strip) strip.hidden = !why;
}

function plan() {
  const least = Math.min(...parts.map((id) => Number(document.getElementById(id)?.dataset.live ?? 30)));
  setTimeout(step, Math.min(30000, least * 1000 * 2 ** Math.min(failures, 3)));
}

if (parts.length) plan();
