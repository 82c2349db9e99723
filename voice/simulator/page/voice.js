// Says what was heard: the gateway's own sound when there is one, else the browser's Vietnamese voice.
export class Voice {
  constructor(wanted) {
    this.wanted = wanted;
    this.audio = null;
    this.turn = 0;
    wanted.addEventListener("change", () => { if (!wanted.checked) this.stop(); });
  }

  stop() {
    this.turn += 1;
    if (this.audio) this.audio.pause();
    if (window.speechSynthesis) window.speechSynthesis.cancel();
  }

  async say(heard) {
    this.stop();
    const turn = this.turn;
    for (const piece of heard) {
      if (!this.wanted.checked || turn !== this.turn) return;
      const address = piece.sound || (piece.recording && new URL(piece.text).pathname);
      await (address ? this.play(address) : this.speak(piece));
    }
  }

  play(address) {
    return new Promise((done) => {
      this.audio = new Audio(address);
      this.audio.addEventListener("ended", done);
      this.audio.addEventListener("pause", done);
      this.audio.addEventListener("error", done);
      this.audio.play().catch(done);
    });
  }

  speak(piece) {
    if (!window.speechSynthesis) return Promise.resolve();
    return new Promise((done) => {
      const words = new SpeechSynthesisUtterance(piece.text);
      words.lang = "vi-VN";
      words.rate = piece.slow ? 0.87 : 1;
      const voice = speechSynthesis.getVoices().find((one) => one.lang.replace("_", "-").startsWith("vi"));
      if (voice) words.voice = voice;
      words.addEventListener("end", done);
      words.addEventListener("error", done);
      speechSynthesis.speak(words);
    });
  }
}
