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
      const played = address ? await this.play(address) : false;
      if (!played && turn === this.turn) await this.speak(piece);
    }
  }

  // Whether the sound could be played; a browser may refuse, and a file may be missing.
  play(address) {
    return new Promise((done) => {
      this.audio = new Audio(address);
      this.audio.addEventListener("ended", () => done(true));
      this.audio.addEventListener("pause", () => done(true));
      this.audio.addEventListener("error", () => done(false));
      this.audio.play().catch(() => done(false));
    });
  }

  speak(piece) {
    if (!window.speechSynthesis || piece.recording) return Promise.resolve();
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
