// Order entry. What is shown before sending is worked out with the instrument's own rules, in the
// same integers the engine uses; the texts sent come from BigInt, never from a float.

import { $, $$, put, schedule } from "../dom.js";
import { brief, group } from "../decimal.js";
import { sweep } from "../instrument.js";
import { reason } from "../refusals.js";
import { _, say } from "../text.js";
import { toast } from "../toast.js";
import { newClientOrderId } from "./desk.js";

export class Entry {
  constructor({ instrument, book, account, desk, stream, root, tradable }) {
    Object.assign(this, { instrument, book, account, desk, stream, root, tradable });
    this.side = "buy";
    this.type = "limit";
    this.unit = "base"; // what the amount of a market order counts
    this.sending = false;
    this.touched = false;
    this.price = $("[name=price]", root);
    this.amount = $("[name=amount]", root);
    this.draw = this.draw.bind(this);
    this.#listen();
    for (const [source, name] of [[book, "change"], [account, "balances"], [stream, "state"], [desk, "checking"]]) {
      source?.addEventListener(name, () => schedule(this.draw));
    }
    desk?.addEventListener("found", ({ detail }) => this.#report(detail));
    this.draw();
  }

  setPrice(text) {
    if (this.type !== "limit") this.#set("type", "limit");
    this.price.value = text;
    this.draw();
  }

  /** The last price: what the price band is measured from, and a first price to begin from. */
  setLast(text) {
    this.last = this.instrument.ticksOf(text);
    if (this.offered) return;
    this.offered = true;
    if (!this.price.value) this.price.value = text;
    schedule(this.draw);
  }

  setSide(side) { this.#set("side", side); }

  #set(name, value) {
    this[name] = value;
    if (name === "unit") this.amount.value = "";
    this.touched = false;
    this.draw();
  }

  #listen() {
    for (const button of $$("[data-side]", this.root)) button.addEventListener("click", () => this.#set("side", button.dataset.side));
    for (const button of $$("[data-type]", this.root)) button.addEventListener("click", () => this.#set("type", button.dataset.type));
    for (const button of $$("[data-share]", this.root)) button.addEventListener("click", () => this.#take(BigInt(button.dataset.share)));
    $("[data-unit]", this.root).addEventListener("click", () => this.#set("unit", this.unit === "base" ? "quote" : "base"));
    for (const input of [this.price, this.amount]) {
      input.addEventListener("input", () => {
        this.touched = true;
        this.draw();
      });
    }
    this.price.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
      const ticks = this.instrument.ticksOf(this.price.value);
      if (ticks === null) return;
      event.preventDefault();
      const next = ticks + (event.key === "ArrowUp" ? 1n : -1n);
      if (next > 0n) this.setPrice(this.instrument.priceText(next));
    });
    for (const input of $$("[name=time_in_force], [name=post_only]", this.root)) input.addEventListener("change", this.draw);
    this.root.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
  }

  #levels(side) { return side === "buy" ? this.book.askLevels() : this.book.bidLevels(); }
  get #byQuote() { return this.unit === "quote"; }
  get #timeInForce() { return this.type === "market" ? "IOC" : $("[name=time_in_force]", this.root).value; }
  get #postOnly() { return this.type === "limit" && this.#timeInForce === "GTC" && $("[name=post_only]", this.root).checked; }

  /** Percent buttons: that share of what is available, cut to whole lots. */
  #take(percent) {
    const { instrument } = this;
    const asset = this.side === "buy" ? instrument.quote : instrument.base;
    const available = this.account?.available(asset);
    if (available === null || available === undefined) return;
    const share = (available * percent) / 100n;
    if (this.side === "buy") {
      if (this.#byQuote) this.amount.value = brief(share, asset.scale, instrument.pricePlaces);
      else {
        const ticks = this.type === "limit" ? instrument.ticksOf(this.price.value) : null;
        const lots = ticks ? instrument.lotsFor(share, ticks)
          : sweep(instrument, this.#levels("buy"), { quoteUnits: share, side: "buy" }).lots;
        this.amount.value = instrument.quantityText(lots);
      }
    } else if (this.#byQuote) {
      const ticks = this.type === "limit" ? instrument.ticksOf(this.price.value) : null;
      const lots = share / instrument.lotUnits;
      const worth = ticks ? instrument.notional(lots, ticks)
        : sweep(instrument, this.#levels("sell"), { lots, side: "sell" }).quote;
      this.amount.value = brief(worth, instrument.quote.scale, instrument.pricePlaces);
    } else {
      this.amount.value = instrument.quantityText(share / instrument.lotUnits);
    }
    this.touched = true;
    this.draw();
  }

  /** What the fields amount to: {lots, ticks, quoteUnits, pays, receives, fee, problem}. */
  work() {
    const { instrument, side, type } = this;
    const buys = side === "buy";
    const result = { lots: null, ticks: null, quoteUnits: null, notional: null, problem: null };
    const fail = (field, message) => Object.assign(result, { problem: { field, message } });
    if (type === "limit") {
      if (!this.price.value.trim()) return fail("price", _("Enter a price."));
      result.ticks = instrument.ticksOf(this.price.value);
      if (result.ticks === null || result.ticks === 0n) {
        return fail("price", say("The price must be a multiple of %(step)s.", { step: instrument.priceText(1n) }));
      }
    }
    if (!this.amount.value.trim()) return fail("amount", _("Enter an amount."));
    if (this.#byQuote) {
      result.quoteUnits = instrument.quoteUnitsOf(this.amount.value);
      if (result.quoteUnits === null) {
        return fail("amount", say("Enter a plain number with at most %(places)s decimals.", { places: instrument.quote.scale }));
      }
      if (type === "limit") {
        result.lots = instrument.lotsFor(result.quoteUnits, result.ticks);
        result.quoteUnits = null;
      }
    } else {
      result.lots = instrument.lotsOf(this.amount.value);
      if (result.lots === null) {
        return fail("amount", say("The amount must be a multiple of %(step)s %(asset)s.", {
          step: instrument.quantityText(1n), asset: instrument.base.code,
        }));
      }
    }
    const limit = result.ticks;
    const levels = this.#levels(side);
    const met = sweep(instrument, levels, { lots: result.lots, quoteUnits: result.quoteUnits, limit, side });
    const lots = result.lots ?? met.lots;
    result.shownLots = lots;
    if (type === "limit") {
      result.notional = instrument.notional(lots, limit);
      result.takes = met.lots > 0n;
    } else {
      result.notional = met.quote;
      result.takes = true;
      result.incomplete = result.lots !== null && !met.complete;
    }
    if (lots > 0n && met.lots > 0n && type === "market") result.average = met;
    result.pays = buys ? result.notional : lots * instrument.lotUnits;
    const gross = buys ? lots * instrument.lotUnits : result.notional;
    result.feePpm = result.takes ? instrument.takerPpm : instrument.makerPpm;
    result.fee = instrument.fee(gross, result.feePpm);
    result.receives = gross - result.fee;
    return this.#judge(result, fail, met, lots);
  }

  #judge(result, fail, met, lots) {
    const { instrument, side, type } = this;
    const amountOf = (units, asset, places) => `${group(brief(units, asset.scale, places))} ${asset.code}`;
    if (type === "market" && !met.lots) return fail("amount", _("The book is empty on that side: nothing could fill."));
    if (lots < instrument.minLots) {
      return fail("amount", say("The smallest order is %(least)s.", { least: `${instrument.quantityText(instrument.minLots)} ${instrument.base.code}` }));
    }
    if (instrument.maxLots && lots > instrument.maxLots) {
      return fail("amount", say("The largest order is %(most)s.", { most: `${instrument.quantityText(instrument.maxLots)} ${instrument.base.code}` }));
    }
    if (instrument.minNotional && result.notional < instrument.minNotional) {
      return fail("amount", say("The smallest order is worth %(least)s.", { least: amountOf(instrument.minNotional, instrument.quote, 2) }));
    }
    if (instrument.maxNotional && result.notional > instrument.maxNotional) {
      return fail("amount", say("The largest order is worth %(most)s.", { most: amountOf(instrument.maxNotional, instrument.quote, 2) }));
    }
    if (type === "limit" && this.last && instrument.bandBp) {
      const away = result.ticks > this.last ? result.ticks - this.last : this.last - result.ticks;
      if (away * 10_000n > this.last * instrument.bandBp) {
        return fail("price", say("The price may be at most %(percent)s away from the last one.", { percent: rate(instrument.bandBp * 100n) }));
      }
    }
    if (this.#postOnly && result.takes) {
      return fail("price", _("Post-only: at this price the order would trade at once. Choose a price that waits in the book."));
    }
    const asset = side === "buy" ? instrument.quote : instrument.base;
    const available = this.account?.available(asset);
    const needed = result.quoteUnits !== null && side === "buy" ? result.quoteUnits : result.pays;
    if (available !== null && available !== undefined && needed > available) {
      return fail("amount", say("You have %(available)s available.", { available: amountOf(available, asset, asset.places) }));
    }
    return result;
  }

  draw() {
    const { instrument, side, type, root } = this;
    for (const button of $$("[data-side]", root)) button.setAttribute("aria-pressed", String(button.dataset.side === side));
    for (const button of $$("[data-type]", root)) button.setAttribute("aria-pressed", String(button.dataset.type === type));
    $("[data-row=price]", root).hidden = type !== "limit";
    $("[data-row=options]", root).hidden = type !== "limit";
    $("[name=post_only]", root).disabled = this.#timeInForce !== "GTC";
    put($("[data-unit-text]", root), this.#byQuote ? instrument.quote.code : instrument.base.code);
    put($("label[for=amount]", root), this.#byQuote ? _("Total") : _("Amount"));
    this.#drawAvailable();
    this.#drawSum(this.work());
  }

  #drawAvailable() {
    const asset = this.side === "buy" ? this.instrument.quote : this.instrument.base;
    const available = this.account?.available(asset);
    put($("[data-out=available]", this.root), available === null || available === undefined ? "–" : `${group(brief(available, asset.scale, asset.places))} ${asset.code}`);
  }

  #drawSum(result) {
    const { instrument, side, type, root } = this;
    const [paid, got] = side === "buy" ? [instrument.quote, instrument.base] : [instrument.base, instrument.quote];
    const out = (name, text) => put($(`[data-out=${name}]`, root), text);
    const about = type === "market" ? "≈ " : "";
    const known = result.notional !== null && result.shownLots > 0n;
    const show = (units, asset) => `${about}${group(brief(units, asset.scale, asset.places))} ${asset.code}`;
    put($("[data-label=pays]", root), side === "buy" ? _("Cost") : _("You sell"));
    out("pays", known ? show(result.pays, paid) : "–");
    out("fee", known ? `${show(result.fee, got)}` : "–");
    put($("[data-label=fee]", root), known
      ? (result.takes ? say("Taker fee %(rate)s", { rate: rate(result.feePpm) }) : say("Maker fee %(rate)s", { rate: rate(result.feePpm) })) : _("Fee"));
    out("receives", known ? show(result.receives, got) : "–");
    const average = $("[data-row=average]", root);
    average.hidden = type !== "market";
    if (type === "market") {
      out("average", result.average?.lots ? group(instrument.priceText(averageTicks(instrument, result.average))) : "–");
    }
    const why = $(".why", root);
    // A visitor is invited below; to him no sentence in red.
    const problem = !this.tradable ? null : this.#blocked() ?? (this.touched ? result.problem?.message : null);
    const note = this.desk?.checking ? _("We are asking what became of your order. It is never placed twice.")
      : result.incomplete ? _("The book holds less than that; the rest will expire.") : "";
    why.classList.toggle("note", !problem);
    put(why, problem ?? note);
    $("[data-row=price]", root).classList.toggle("wrong", this.touched && result.problem?.field === "price");
    $("[data-row=amount]", root).classList.toggle("wrong", this.touched && result.problem?.field === "amount");
    const send = $(".send", root);
    if (!send) return;
    send.classList.toggle("buy", side === "buy");
    send.classList.toggle("sell", side === "sell");
    const busy = this.#busy;
    send.disabled = busy !== null || this.#blocked() !== null;
    send.setAttribute("aria-busy", String(busy !== null));
    put(send, busy ?? (side === "buy" ? say("Buy %(asset)s", { asset: instrument.base.code }) : say("Sell %(asset)s", { asset: instrument.base.code })));
  }

  /** What the button says while an order is under way, or null. */
  get #busy() {
    if (this.desk?.checking) return _("Checking…");
    return this.sending ? _("Sending…") : null;
  }

  /** Why nothing can be sent at all just now, or null. */
  #blocked() {
    if (!this.tradable) return _("Sign in to trade.");
    if (!this.stream.live) return _("No connection: orders cannot be sent just now.");
    if (this.instrument.state === "halted") return _("Trading in this instrument is halted.");
    if (this.instrument.state === "cancel_only") return _("Only cancelling is possible in this instrument just now.");
    return null;
  }

  async #send() {
    this.touched = true;
    const result = this.work();
    this.draw();
    if (this.#busy !== null || result.problem || this.#blocked() !== null) {
      if (result.problem) $(`[name=${result.problem.field}]`, this.root).focus();
      return;
    }
    this.sending = true;
    this.draw();
    const sent = await this.desk.place(this.#order(result));
    this.sending = false;
    this.#report(sent);
    this.draw();
  }

  #order(result) {
    const { instrument, side, type } = this;
    const order = {
      instrument: instrument.symbol, side, type, time_in_force: this.#timeInForce,
      client_order_id: newClientOrderId(), self_trade_prevention: "expire_taker",
    };
    if (type === "limit") {
      order.price = instrument.priceText(result.ticks);
      order.post_only = this.#postOnly;
    }
    if (result.lots !== null) order.quantity = instrument.quantityText(result.lots);
    else order.quote_amount = brief(result.quoteUnits, instrument.quote.scale, instrument.quote.scale);
    return order;
  }

  #report({ outcome, order, failure, asked }) {
    if (asked) {
      this.amount.value = "";
      this.touched = false;
      toast("good", _("Your order arrived"), say("Order %(id)s was accepted.", { id: order.order_id }));
    } else if (outcome === "accepted") {
      this.amount.value = "";
      this.touched = false;
      const words = {
        open: _("Order is in the book"), partially_filled: _("Order is partly filled"), filled: null,
        expired: _("Order expired unfilled"), expired_in_match: _("Order ended to avoid trading with yourself"),
        canceled: _("Order was cancelled"),
      };
      if (Number(order?.filled_quantity)) words.expired = _("Order filled in part, the rest expired");
      const title = words[order?.status];
      if (title) toast(order.status.startsWith("expired") ? "warn" : "good", title, summary(order));
    } else if (outcome === "refused") {
      toast("bad", _("Order refused"), reason(failure));
    } else if (outcome === "not_arrived") {
      toast("bad", _("Your order did not arrive"), _("Nothing was placed. You can send it again."));
    } else if (outcome === "unknown") {
      toast("bad", _("It is not known whether your order arrived"), _("Sign in again and look at your orders before you send another one."));
    } else if (outcome === "not_sent") {
      toast("bad", _("Order not sent"), _("There is no connection. Nothing was sent."));
    }
  }
}

function summary(order) {
  const quantity = order.quantity ? `${order.quantity} ` : "";
  const price = order.price ? ` @ ${group(order.price)}` : "";
  return `${order.side === "buy" ? _("Buy") : _("Sell")} ${quantity}${order.instrument}${price}`;
}

/** Parts per million as percent text, exact: 2600 → "0.26 %". */
export function rate(ppm) {
  const text = (Number(ppm) / 10_000).toFixed(4).replace(/0{1,2}$/, "");
  return `${text} %`;
}

function averageTicks(instrument, met) {
  const each = met.lots * instrument.factor;
  return (met.quote + each / 2n) / each;
}
