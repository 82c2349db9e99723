// Hears one sentence through the browser's own recognition, where it has one.
const Recognition = window.SpeechRecognition || window.webkitSpeechRecognition;

export class Ear {
  constructor(heard) {
    this.works = Boolean(Recognition);
    this.heard = heard;
  }

  listen() {
    const recognition = new Recognition();
    recognition.lang = "vi-VN";
    recognition.interimResults = false;
    recognition.addEventListener("result", (event) => this.heard(event.results[0][0].transcript));
    recognition.start();
  }
}
