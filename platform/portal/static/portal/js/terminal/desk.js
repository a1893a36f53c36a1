// Sending, changing and cancelling orders. One click is one order with one client order id: if its answer is
// lost, the exchange is asked about that id, and only if it knows of none the same order is sent
// again, under the same id, of which it never makes two. A list of orders goes the same way, under
// its client list id.

import { format, parse } from "../decimal.js";
import { reason } from "../refusals.js";
import { _ } from "../text.js";
import { toast } from "../toast.js";
import { offer, report, summary } from "./outcome.js";

const PAUSES_MS = [400, 1_000, 2_000, 5_000];
const PLACES = 30; // more than any asset has
const RESEND_MS = 30_000; // later than this after the click nobody wants it any more
// Refused for the moment, which says nothing of an attempt before.
const TRY_LATER = new Set(["OVERLOADED", "RATE_LIMITED", "ENGINE_UNAVAILABLE", "SERVICE_UNAVAILABLE"]);

/** What an order, or a list of them, is asked about by. */
const idOf = ({ client_order_id, client_list_id }) => client_list_id ?? client_order_id;
/** The outcome of a list: the order that is told of is the first one. */
const accepted = (list) => ({ outcome: "accepted", order: list.orders[0], orders: list.orders });

export class Desk extends EventTarget {
  /** `accountId` keeps apart what different people of one browser tab have sent. */
  constructor(stream, account, accountId, preferences) {
    super();
    this.stream = stream;
    this.preferences = preferences;
    this.account = account;
    this.own = accountId ? { account: accountId } : {};
    this.store = `orders.unknown.${accountId}`;
    this.checking = 0; // orders of which it is not known yet what became of them
    // Left by this page's life before: the answer was still to come.
    for (const sent of this.#remembered()) {
      this.#findOut(sent).then((result) => this.dispatchEvent(new CustomEvent("found", { detail: result })));
    }
  }

  /**
   * Sends one order and stays with it until it is known what became of it. Resolves to
   * {outcome: "accepted"|"refused"|"not_sent"|"not_arrived"|"unknown", order, failure, asked};
   * `asked`: the answer was lost and what is told comes from asking.
   */
  async place(args) {
    const sent = { args, clickedAt: Date.now() };
    this.#remember(sent);
    const result = await this.#send(args);
    if (result.outcome !== "unknown") return this.#done(sent, result);
    toast("warn", _("Answer lost, checking"), _("We are asking whether your order arrived. Do not send it again yet."));
    return this.#findOut(sent);
  }

  get #mayUndo() { return this.preferences.get("terminal", {}).undo ?? true; }

  /** Gives a resting order another price or open amount; whether that was accepted. `again`: it
   *  takes back such a change. */
  async replace(order, changes, again = false) {
    try {
      const now = await this.stream.request("order.replace", { ...this.own, order_id: order.order_id, ...changes });
      // The engine keeps neither the sender's id nor the end of an order, nor what it waited for:
      // those stay as known.
      const {
        client_order_id, expires_at, trigger_price, trigger_source, trigger_time, trailing_distance_bp,
        activation_price, limit_offset, post_only, created_at, ...told
      } = now;
      this.account.putOrder({ ...order, ...told });
      const node = toast("good", _("Order changed"));
      if (this.#mayUndo && !again) {
        offer(node, _("Undo"), () => this.replace({ ...order, ...told }, this.#before(order, told, changes), true));
      }
      return true;
    } catch (failure) {
      this.#complain(failure, _("The order was not changed"));
      return false;
    }
  }

  /** The changes that take a change back. What was filled since is not asked for once more. */
  #before(order, told, changes) {
    const before = {};
    if (changes.price) before.price = order.price;
    if (changes.remaining_quantity) {
      const now = this.account.orders.get(String(order.order_id)) ?? told;
      const [first, then, left] = [order, told, now].map((one) => parse(one.remaining_quantity, PLACES));
      before.remaining_quantity = format(first - then + left, PLACES);
    }
    return before;
  }

  async cancel(order) {
    try {
      const closed = await this.stream.request("order.cancel", { ...this.own, order_id: order.order_id });
      if (closed?.order_id) this.account.putOrder(closed);
      const anew = this.#mayUndo ? sameAgain(order, closed) : null;
      if (anew) {
        offer(toast("info", _("Order cancelled"), summary(order)), _("Place it again"), async () => report(await this.place(anew), null));
      }
    } catch (failure) {
      this.#complain(failure, _("The order was not cancelled"));
    }
  }

  /** Cancels all open orders, or those in one instrument. */
  async cancelAll(instrument) {
    try {
      await this.stream.request("order.cancel_all", instrument ? { ...this.own, instrument } : this.own);
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

  async #send(args) {
    try {
      if (args.client_list_id) return accepted(await this.stream.request("order.place_list", { ...this.own, ...args }));
      return { outcome: "accepted", order: await this.stream.request("order.place", { ...this.own, ...args }) };
    } catch (failure) {
      return { outcome: failure.kind, failure };
    }
  }

  async #findOut(sent) {
    this.#count(1);
    for (let round = 0; ; round += 1) {
      await new Promise((done) => setTimeout(done, PAUSES_MS[Math.min(round, PAUSES_MS.length - 1)]));
      await this.#connected();
      let result = await this.#ask(sent.args);
      if (result.outcome === "absent") {
        if (Date.now() - sent.clickedAt > RESEND_MS) result = { outcome: "not_arrived" };
        else result = await this.#send(sent.args);
      }
      if (isKnown(result)) {
        this.#count(-1);
        return this.#done(sent, result);
      }
      if (result.outcome === "signed_out") {
        this.#count(-1); // remembered still: the next page after signing in asks again
        return { outcome: "unknown" };
      }
    }
  }

  /** What the exchange knows of a client order or list id: "accepted", "absent", or no word on it. */
  async #ask({ client_order_id, client_list_id }) {
    try {
      const query = new URLSearchParams(client_list_id ? { client_list_id, ...this.own } : { client_order_id, ...this.own });
      const path = client_list_id ? "order-lists" : "orders";
      const answer = await fetch(`/api/v1/${path}?${query}`, { credentials: "same-origin" });
      if (answer.status === 401 || answer.status === 403) return { outcome: "signed_out" };
      if (!answer.ok) return { outcome: "unanswered" };
      const [order] = (await answer.json()).results;
      if (order && client_list_id) return { ...accepted(order), asked: true };
      return order ? { outcome: "accepted", order, asked: true } : { outcome: "absent" };
    } catch {
      return { outcome: "unanswered" };
    }
  }

  async #connected() {
    while (!this.stream.live) {
      await new Promise((done) => this.stream.addEventListener("state", done, { once: true }));
    }
  }

  #done(sent, result) {
    this.#forget(sent);
    if (result.order) {
      for (const order of result.orders ?? [result.order]) this.account.putOrder(order);
      if (result.asked) this.account.load(); // fills and balances may have been missed as well
    }
    return result;
  }

  #count(change) {
    this.checking += change;
    this.dispatchEvent(new Event("checking"));
  }

  // Kept for this tab only, over a reload.
  #remembered() { return JSON.parse(sessionStorage.getItem(this.store) ?? "[]"); }
  #write(all) { sessionStorage.setItem(this.store, JSON.stringify(all)); }
  #remember(sent) { this.#write([...this.#remembered(), sent]); }
  #forget(sent) {
    this.#write(this.#remembered().filter((other) => idOf(other.args) !== idOf(sent.args)));
  }
}

/** The request that places a cancelled limit order once more, behind the others at its price; null
 *  for orders that are more than a limit order. */
function sameAgain(order, closed) {
  if (order.type !== "limit" || order.list_id || order.trigger_time) return null;
  const quantity = closed?.remaining_quantity || order.remaining_quantity || order.quantity;
  const anew = {
    instrument: order.instrument, side: order.side, type: "limit", time_in_force: order.time_in_force, price: order.price,
    quantity, post_only: Boolean(order.post_only), self_trade_prevention: order.self_trade_prevention ?? "expire_taker", client_order_id: newClientOrderId(),
  };
  if (order.expires_at) anew.expire_time = order.expires_at;
  if (order.display_quantity && Number(order.display_quantity) < Number(quantity)) anew.display_quantity = order.display_quantity;
  return Number(quantity) > 0 ? anew : null;
}

function isKnown({ outcome, failure }) {
  if (outcome === "refused") return !TRY_LATER.has(failure.code);
  return outcome === "accepted" || outcome === "not_arrived";
}

/** A client order id: made here, so that a lost answer can be asked about. */
export function newClientOrderId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return `w-${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
