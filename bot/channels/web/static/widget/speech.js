/* Reading aloud and dictation, where the browser has them for Vietnamese. */

function vietnameseVoice() {
  return globalThis.speechSynthesis?.getVoices().find((voice) => /^vi([-_]|$)/i.test(voice.lang));
}

function readAloud(text) {
  const voice = vietnameseVoice();
  if (!voice) return;
  const spoken = new SpeechSynthesisUtterance(text);
  spoken.voice = voice;
  spoken.lang = voice.lang;
  speechSynthesis.cancel();
  speechSynthesis.speak(spoken);
}

function stopReading() {
  globalThis.speechSynthesis?.cancel();
}

function whenVoicesChange(act) {
  globalThis.speechSynthesis?.addEventListener?.("voiceschanged", act);
}

function hearsSpeech() {
  return Boolean(globalThis.SpeechRecognition ?? globalThis.webkitSpeechRecognition);
}

/* Starts to listen; gives a function that stops. */
function listen({ heard, ended }) {
  const Recognition = globalThis.SpeechRecognition ?? globalThis.webkitSpeechRecognition;
  const recognition = new Recognition();
  recognition.lang = "vi-VN";
  recognition.interimResults = true;
  recognition.onresult = (event) => heard(Array.from(event.results, (result) => result[0].transcript).join(" "));
  recognition.onend = () => ended();
  recognition.onerror = (event) => ended(event.error);
  recognition.start();
  return () => recognition.stop();
}
