/* Speaking instead of typing, once the citizen has agreed that the browser's maker may hear it. */

class Dictation {
  constructor(root) {
    this.root = root;
    this.stop = null;
  }

  toggle(panel) {
    if (this.stop) this.stop();
    else if (preferences.microphoneAllowed) this.start(panel);
    else this.askFirst(panel);
  }

  askFirst(panel) {
    const agree = () => {
      changePreference("microphoneAllowed", true);
      this.start(panel);
    };
    askDialog(this.root, t("dictate"), t("dictate_text"), [[t("no_thanks")], [t("agree"), agree]]);
  }

  start(panel) {
    panel.microphone.setAttribute("aria-pressed", "true");
    this.stop = listen({
      heard: (text) => {
        panel.input.value = text;
      },
      ended: () => {
        this.stop = null;
        panel.microphone.setAttribute("aria-pressed", "false");
        panel.input.focus();
      },
    });
  }
}
