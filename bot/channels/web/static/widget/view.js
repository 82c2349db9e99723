/* What is seen around the conversation: the window, the button that opens it, and how a citizen wants them to look. */

class ChatView {
  constructor(root, chat, inline) {
    Object.assign(this, { root, chat, inline, shown: inline, unread: 0, notice: null });
    this.dictation = new Dictation(root);
    this.launcher = inline ? null : createLauncher(() => this.open());
    if (this.launcher) root.append(this.launcher.element);
    this.speaks = Boolean(vietnameseVoice());
    this.listen();
  }

  listen() {
    this.root.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !this.root.querySelector("dialog[open]")) this.close();
    });
    whenVoicesChange(() => {
      if (this.speaks === Boolean(vietnameseVoice())) return;
      this.speaks = !this.speaks;
      this.build();
    });
  }

  /* Makes the window anew, in the language of now; what was being written stays. */
  build() {
    const draft = this.panel?.input.value ?? "";
    this.panel?.element.remove();
    this.panel = createPanel(this.chat, this);
    this.panel.element.hidden = !this.shown;
    this.panel.input.value = draft;
    this.root.append(this.panel.element);
    this.panel.log.append(welcome(this.chat.say));
    this.chat.fill(this.panel);
    this.refresh();
  }

  refresh() {
    const { root, panel, chat } = this;
    const { sending, offline, waiting } = chat.state;
    panel.typing(sending && !offline);
    panel.strip(chat.whoHasIt());
    panel.banner(this.notice);
    panel.alert(offline ? t("error_offline") : waiting ? t("error_busy", { seconds: waiting }) : null);
    root.className = `chat ${this.inline ? "inline" : "floating"} ${preferences.contrast ? "contrast" : ""}`;
    root.lang = preferences.language;
    root.style.setProperty("--scale", preferences.size);
    if (!this.launcher) return;
    root.setAttribute("aria-label", t("title"));
    this.launcher.show(this.shown, this.unread);
  }

  banner(text) {
    this.notice = text;
    this.refresh();
  }

  /* Something came: it counts until it is seen. */
  news() {
    if (!this.shown) this.unread += 1;
  }

  open() {
    Object.assign(this, { shown: true, unread: 0 });
    this.panel.element.hidden = false;
    this.refresh();
    this.panel.input.focus();
  }

  close() {
    if (this.inline || !this.shown) return;
    this.shown = false;
    this.panel.element.hidden = true;
    this.refresh();
    this.launcher.element.focus();
  }

  /* An empty window for the next person. */
  clear() {
    this.unread = 0;
    this.panel.input.value = "";
    this.build();
    if (this.shown && !this.inline) this.panel.input.focus();
  }

  showOptions() {
    optionsDialog(this.root, this.chat, this);
  }

  change(name, value) {
    const { log } = this.panel;
    const place = log.scrollTop / log.scrollHeight;
    changePreference(name, value);
    if (name === "language") {
      this.build();
      return this.panel.options.focus();
    }
    this.refresh();
    log.scrollTop = place * log.scrollHeight;
  }

  dictate() {
    this.dictation.toggle(this.panel);
  }
}
