// Questions before something is sent, for who wants them (a setting).

import { $, el } from "../dom.js";
import { group } from "../decimal.js";
import { _, say } from "../text.js";

export class Confirm {
  constructor({ preferences, instrument }) {
    this.preferences = preferences;
    this.instrument = instrument;
    this.dialog = $("#confirm-order");
  }

  get wanted() { return this.preferences.get("terminal", {}).confirm ?? false; }

  /** Whether to send: `facts` are [word, value] pairs that tell the order. */
  async order(title, facts, side) { return this.wanted ? this.#asked(title, facts, side) : true; }

  /** Whether to give a resting order another price. */
  async change(order, price) {
    if (!this.wanted) return true;
    const facts = [[_("Order"), `${order.order_id}`], [_("Price until now"), group(order.price)], [_("New price"), group(price)]];
    return this.#asked(say("Change the price of your order in %(symbol)s?", { symbol: this.instrument.symbol }), facts, order.side);
  }

  #asked(title, facts, side) {
    const { dialog } = this;
    $("h2", dialog).textContent = title;
    $("dl", dialog).replaceChildren(...facts.map(([word, value]) => el("div", {}, el("dt", {}, word), el("dd.num", {}, value))));
    const send = $("[value=send]", dialog);
    send.className = `button ${side}`;
    dialog.returnValue = "";
    dialog.showModal();
    send.focus();
    return new Promise((done) => {
      dialog.addEventListener("close", () => done(dialog.returnValue === "send"), { once: true });
    });
  }
}
