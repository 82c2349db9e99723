// The telephone of the page: keys, typed speech and the microphone go to the server, words come back.
import { Ear } from "./ear.js";
import { Voice } from "./voice.js";

const at = (id) => document.getElementById(id);
const keys = [...document.querySelectorAll("[data-key]")];
const voice = new Voice(at("sound"));
const ear = new Ear(
  (words) => (words ? act({ say: words }, words) : act({ silence: true }, "(không nghe rõ)")),
  async (samples) => (await post(`/call/hear?call=${encodeURIComponent(call)}`, samples)).text,
);
let call = null;
let waits = "over";
let typed = "";
let digits = 1;
let finish = "";
let timer = 0;

const STATES = {
  Gather: "Đang nghe anh/chị.",
  Dial: "Đang đổ chuông máy cán bộ.",
  Enqueue: "Đang chờ cán bộ.",
  Record: "Đang ghi lời nhắn: gõ lời nhắn rồi bấm Nói.",
  over: "Cuộc gọi đã kết thúc.",
  nothing: "",
};
const PERSON = {
  Dial: [["Cán bộ nhấc máy", { person: "completed" }], ["Máy bận", { person: "busy" }]],
  Enqueue: [["Chờ thêm 1 phút", { wait: 60 }], ["Cán bộ nhấc máy", { picked_up: true }]],
};

function add(kind, text) {
  const item = document.createElement("li");
  item.className = kind;
  item.textContent = text;
  at("log").append(item);
  item.scrollIntoView({ block: "nearest" });
}

function enable(listening) {
  keys.forEach((key) => { key.disabled = !listening; });
  const speaking = listening || waits === "Record";
  for (const control of [at("words"), at("speak").querySelector("button"), at("silence")]) control.disabled = !speaking;
  at("microphone").disabled = !listening;
  const buttons = (PERSON[waits] || []).map(([title, step]) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = title;
    button.addEventListener("click", () => act(step, `(${title})`));
    return button;
  });
  at("person").replaceChildren(...buttons);
  at("person").hidden = buttons.length === 0;
}

async function post(path, body) {
  const sound = body instanceof Int16Array;
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": sound ? "application/octet-stream" : "application/json" },
    body: sound ? body.buffer : JSON.stringify(body),
  });
  if (!response.ok) throw new Error((await response.json().catch(() => ({}))).detail || "Không gọi được. Xin thử lại.");
  return response.json();
}

function show(reply) {
  call = reply.waits === "over" ? null : reply.call;
  ({ waits, digits, finish } = reply);
  ear.own = reply.hears ?? ear.own;
  at("microphone").hidden = !ear.works;
  reply.whispered.forEach((text) => add("aside", `Cán bộ nghe trước: ${text}`));
  reply.heard.forEach((heard) => add("hotline", heard.recording ? "(đoạn ghi âm)" : heard.text));
  at("state").textContent = STATES[waits] + (waits === "Gather" && !reply.speech ? " Bước này chỉ dùng phím." : "");
  at("dial").textContent = call ? "Gác máy" : "Gọi";
  at("dial").classList.toggle("busy", Boolean(call));
  enable(waits === "Gather" || waits === "Enqueue");
  voice.say(reply.heard);
}

async function act(step, shown) {
  if (!call) return;
  clearTimeout(timer);
  voice.stop();
  typed = "";
  if (shown) add("caller", shown);
  await run(() => post("/call/act", { call, ...step }));
}

async function run(request) {
  try {
    show(await request());
  } catch (error) {
    call = null;
    waits = "over";
    enable(false);
    at("dial").textContent = "Gọi";
    at("dial").classList.remove("busy");
    at("state").textContent = error.message;
  }
}

// The second factor is not shown: four keys are asked for by that step alone.
const covered = (keys) => (digits === 4 ? "•".repeat(keys.length) : keys);

function press(key) {
  voice.stop();
  typed += key;
  at("state").textContent = `Đã bấm ${covered(typed)}`;
  clearTimeout(timer);
  const done = digits === 1 || (finish && finish.includes(key)) || (digits > 0 && typed.length >= digits) || key === "*";
  const entered = typed;
  const send = () => act({ press: entered }, `bấm ${covered(entered)}`);
  if (done) send();
  else timer = setTimeout(send, 5000);
}

at("dial").addEventListener("click", () => {
  if (call) return act({ hang_up: true }, "(gác máy)");
  at("log").replaceChildren();
  at("state").textContent = "Đang gọi…";
  return run(() => post("/call/begin", {}));
});
keys.forEach((button) => button.addEventListener("click", () => press(button.dataset.key)));
at("silence").addEventListener("click", () => (waits === "Record" ? act({ record: 0 }, "(không nói)") : act({ silence: true }, "(im lặng)")));
at("speak").addEventListener("submit", (event) => {
  event.preventDefault();
  const words = at("words").value.trim();
  if (!words) return;
  at("words").value = "";
  if (waits === "Record") act({ record: Math.max(3, Math.ceil(words.split(/\s+/).length / 2.5)) }, words);
  else act({ say: words }, words);
});
document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof HTMLInputElement && event.target.type !== "checkbox";
  if (!typing && /^[0-9*#]$/.test(event.key) && waits === "Gather" && call) press(event.key);
});
at("microphone").hidden = !ear.works;
at("microphone").addEventListener("click", () => {
  voice.stop();
  clearTimeout(timer);
  at("state").textContent = "Đang nghe qua micrô…";
  Promise.resolve(ear.listen()).catch(() => { at("state").textContent = "Không dùng được micrô. Anh/chị gõ hoặc bấm phím."; });
});
