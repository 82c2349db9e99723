// Hears one sentence: the gateway's own recognition when it has a model, else the browser's, where it has one.
const Recognition = window.SpeechRecognition || window.webkitSpeechRecognition;
const RATE = 8000;
const LOUD = 0.02;
const SILENT_SECONDS = 1;
const LONGEST_SECONDS = 12;

export class Ear {
  // heard: gets words. recognise: sends samples to the gateway and gets words.
  constructor(heard, recognise) {
    this.heard = heard;
    this.recognise = recognise;
    this.own = false;
  }

  get works() {
    return Boolean(Recognition) || (this.own && Boolean(navigator.mediaDevices));
  }

  async listen() {
    if (!this.own) return this.ask();
    const words = await this.recognise(await record());
    return this.heard(words);
  }

  ask() {
    const recognition = new Recognition();
    recognition.lang = "vi-VN";
    recognition.interimResults = false;
    recognition.addEventListener("result", (event) => this.heard(event.results[0][0].transcript));
    recognition.start();
  }
}

// Samples of 16 bits at 8 kHz, from now until somebody has spoken and then kept silent.
async function record() {
  const microphone = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: true } });
  const context = new AudioContext({ sampleRate: RATE });
  try {
    await context.audioWorklet.addModule("/call/assets/recorder.js");
    const node = new AudioWorkletNode(context, "recorder");
    context.createMediaStreamSource(microphone).connect(node);
    const pieces = await collected(node);
    const samples = new Int16Array(pieces.length * pieces[0].length);
    pieces.forEach((piece, at) => samples.set(piece.map((value) => Math.max(-1, Math.min(1, value)) * 32767), at * piece.length));
    return samples;
  } finally {
    microphone.getTracks().forEach((track) => track.stop());
    await context.close();
  }
}

function collected(node) {
  return new Promise((done) => {
    const pieces = [];
    let spoken = false;
    let silent = 0;
    node.port.addEventListener("message", ({ data }) => {
      pieces.push(data);
      const loud = Math.sqrt(data.reduce((sum, value) => sum + value * value, 0) / data.length) > LOUD;
      spoken = spoken || loud;
      silent = loud ? 0 : silent + data.length / RATE;
      if ((spoken && silent > SILENT_SECONDS) || pieces.length * data.length > LONGEST_SECONDS * RATE) done(pieces);
    });
    node.port.start();
  });
}
