/* What was said, in the order in which it is seen. A turn is {id, from, text, at, …}; from: citizen, assistant, person
   or notice. */

const RENDER = {
  citizen: citizenTurn,
  assistant: answerTurn,
  person: answerTurn,
  notice: ({ key }) => h("p", { class: "notice" }, t(key)),
};

class Transcript {
  constructor(context) {
    this.context = context;
    this.turns = new Map();
    this.panel = null;
  }

  /* Shows everything anew, in a panel that was just made. */
  fill(panel) {
    this.panel = panel;
    for (const turn of this.turns.values()) this.show(turn);
  }

  /* Keeps a turn and shows it; tells whether it was unknown. */
  keep(turn) {
    const news = !this.turns.has(turn.id);
    if (turn.details?.pin) this.panel.log.querySelector(`[data-id="${CSS.escape(turn.id)}"]`)?.remove();
    this.turns.set(turn.id, turn);
    this.show(turn, news && turn.from !== "citizen");
    return news;
  }

  /* Shows a turn without keeping it: a question that still waits belongs to the outbox. */
  show(turn, news = false) {
    let node = this.panel.log.querySelector(`[data-id="${CSS.escape(turn.id)}"]`);
    if (!node) {
      node = RENDER[turn.from](turn, this.context);
      node.dataset.id = turn.id;
      this.panel.append(node, news);
    }
    if (turn.from === "citizen") showState(node, turn);
  }

  tell(key) {
    this.keep({ id: newId("notice"), from: "notice", key });
  }

  lastSeen() {
    const theirs = [...this.turns.values()].filter((turn) => turn.from === "assistant" || turn.from === "person");
    return theirs.at(-1)?.id ?? null;
  }

  answered() {
    return [...this.turns.values()].filter((turn) => turn.status === "answered").length;
  }

  clear() {
    this.turns.clear();
  }
}
