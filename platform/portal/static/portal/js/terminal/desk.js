// Sending and cancelling orders, and finding out what became of one whose answer was lost.

import { reason } from "../refusals.js";
import { _, say } from "../text.js";
import { toast } from "../toast.js";

const STORE = "orders.unknown";
const ASK_AFTER_MS = [400, 2_000, 5_000];

export class Desk {
  constructor(stream, account) {
    this.stream = stream;
    this.account = account;
    this.asking = false;
    stream.addEventListener("state", () => { if (stream.live) this.#askAll(); });
    if (stream.live) this.#askAll();
  }

  /** Sends one order. Resolves to {outcome: "accepted"|"refused"|"not_sent"|"unknown", …}. */
  async place(args) {
    remember(args.client_order_id);
    try {
      const order = await this.stream.request("order.place", args);
      forget(args.client_order_id);
      this.account.putOrder(order);
      return { outcome: "accepted", order };
    } catch (failure) {
      if (failure.kind === "unknown") {
        toast("warn", _("Answer lost, checking"), _("We are asking whether your order arrived. Do not send it again yet."));
        this.#askAll();
        return { outcome: "unknown" };
      }
      forget(args.client_order_id);
      return { outcome: failure.kind, failure };
    }
  }

  async cancel(order) {
    try {
      const closed = await this.stream.request("order.cancel", { order_id: order.order_id });
      if (closed?.order_id) this.account.putOrder(closed);
    } catch (failure) {
      this.#complain(failure, _("The order was not cancelled"));
    }
  }

  async cancelAll(instrument) {
    try {
      await this.stream.request("order.cancel_all", instrument ? { instrument } : {});
      toast("info", _("All open orders were cancelled"));
    } catch (failure) {
      this.#complain(failure, _("The orders were not cancelled"));
    }
    this.account.load();
  }

  #complain(failure, title) {
    if (failure.kind === "unknown") toast("warn", _("Answer lost, checking"), _("The list shows how things stand in a moment."));
    else if (failure.kind === "not_sent") toast("bad", title, _("There is no connection. Nothing was sent."));
    else toast("bad", title, reason(failure));
    if (failure.kind !== "not_sent") this.account.load();
  }

  /** Asks for every order with a lost answer, until it is known what became of it. */
  async #askAll() {
    if (this.asking) return;
    this.asking = true;
    for (const [round, pause] of ASK_AFTER_MS.entries()) {
      const waiting = remembered();
      if (!waiting.length) break;
      await new Promise((done) => setTimeout(done, pause));
      for (const id of waiting) await this.#ask(id, round === ASK_AFTER_MS.length - 1);
    }
    this.asking = false;
  }

  async #ask(clientOrderId, isLast) {
    try {
      const query = new URLSearchParams({ client_order_id: clientOrderId });
      const answer = await fetch(`/api/v1/orders?${query}`, { credentials: "same-origin" });
      if (!answer.ok) return;
      const body = await answer.json();
      const order = body.order_id ? body : (body.results ?? body.orders ?? [])[0];
      if (order) {
        forget(clientOrderId);
        this.account.putOrder(order);
        this.account.load();
        toast("good", _("Your order arrived"), say("Order %(id)s was accepted.", { id: order.order_id }));
      } else if (isLast) {
        forget(clientOrderId);
        toast("bad", _("Your order did not arrive"), _("Nothing was placed. You can send it again."));
      }
    } catch {
      // No connection: the next reconnect asks again.
    }
  }
}

/** A client order id: made here, so that a lost answer can be asked about. */
export function newClientOrderId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return `w-${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

const remembered = () => JSON.parse(sessionStorage.getItem(STORE) ?? "[]");
const store = (ids) => sessionStorage.setItem(STORE, JSON.stringify(ids));
const remember = (id) => store([...remembered(), id]);
const forget = (id) => store(remembered().filter((other) => other !== id));
