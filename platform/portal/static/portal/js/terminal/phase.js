// What the instrument is at: open, gathering orders for an auction, closed; the price the auction
// would have now, and how long until it goes on.

import { $, put, schedule } from "../dom.js";
import { group } from "../decimal.js";
import { _, say } from "../text.js";

const KINDS = { auction: "warn", cancel_only: "warn", halted: "bad", closed: "" };
const SOON_MS = 3_600_000; // a close further away is not worth a line

export class Phase extends EventTarget {
  constructor(instrument, stream, root) {
    super();
    this.instrument = instrument;
    this.root = root;
    this.message = null;
    this.next = null; // what the calendar says comes next
    this.draw = this.draw.bind(this);
    stream.subscribe(`auction:${instrument.symbol}`, (message) => this.#receive(message));
    setInterval(() => schedule(this.draw), 1_000);
    this.#ask();
  }

  #receive(message) {
    this.message = message;
    if (message.state !== this.instrument.state) {
      this.instrument.state = message.state;
      this.dispatchEvent(new Event("change"));
      this.#ask();
    }
    schedule(this.draw);
  }

  /** The stream tells what is; what comes next stands in the calendar. */
  async #ask() {
    try {
      const answer = await fetch(`/api/v1/auction/${encodeURIComponent(this.instrument.symbol)}`, { credentials: "same-origin" });
      this.next = answer.ok ? await answer.json() : null;
    } catch {
      this.next = null; // only the countdown is missing
    }
    schedule(this.draw);
  }

  draw() {
    const { state } = this.instrument;
    const words = {
      open: _("Open"), auction: _("Auction"), closed: _("Closed"), halted: _("Trading halted"), cancel_only: _("Cancel only"),
    };
    const badge = $("[data-out=state]", this.root);
    put(badge, words[state] ?? state);
    badge.className = `badge ${KINDS[state] ?? "good"}`;
    const countdown = this.#countdown();
    put($("[data-out=indicative]", this.root), this.#indicative());
    put($("[data-out=countdown]", this.root), countdown);
    this.root.hidden = state === "open" && countdown === "";
  }

  #indicative() {
    const { message } = this;
    if (this.instrument.state !== "auction" || !message) return "";
    if (!message.price) return _("no price yet");
    return say("%(quantity)s at %(price)s", { quantity: group(message.quantity), price: group(message.price) });
  }

  #countdown() {
    const { state } = this.instrument;
    const now = Date.now();
    if (this.message?.reopens_at && state === "auction") {
      return say("opens in %(time)s", { time: span(this.message.reopens_at - now) });
    }
    if (!this.next?.next_change_at) return "";
    const left = this.next.next_change_at - now;
    if (left < 0) return "";
    const time = span(left);
    if (this.next.next_state === "closed") return state === "open" && left > SOON_MS ? "" : say("closes in %(time)s", { time });
    if (this.next.next_state === "auction") return state === "open" && left > SOON_MS ? "" : say("auction in %(time)s", { time });
    return say("opens in %(time)s", { time });
  }
}

/** 2 d 03:04:05; without days while there are none. */
function span(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1_000));
  const two = (number) => String(number).padStart(2, "0");
  const clock = `${two(Math.floor(seconds / 3_600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  const days = Math.floor(seconds / 86_400);
  return days ? `${say("%(days)s d", { days })} ${clock}` : clock;
}
