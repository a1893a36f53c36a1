// The order form. What is shown before sending comes from `reckoning`; the texts sent come from
// BigInt, never from a float.

import { $, $$, put, schedule } from "../dom.js";
import { brief, group } from "../decimal.js";
import { sweep } from "../instrument.js";
import { _, say } from "../text.js";
import { fieldOf, momentOf } from "../zone.js";
import { readBracket, withBracket } from "./bracket.js";
import { newClientOrderId } from "./desk.js";
import { report } from "./outcome.js";
import { oco, readStop } from "./pair.js";
import { TYPES, rate, reckon, waitsForPrice, waitsForRise } from "./reckoning.js";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const RESTING = ["GTC", "GTD", "DAY"];

export class Entry {
  constructor({ instrument, book, account, desk, stream, phase, root, tradable, preferences, ask }) {
    Object.assign(this, { instrument, book, account, desk, stream, root, tradable, preferences, ask });
    this.side = "buy";
    this.kind = "limit"; // limit, market, stop, take_profit, trailing, oco
    this.sends = "limit"; // what an order that waits for a price is sent on as
    this.way = "market"; // what becomes of the stop of a pair: market, limit, trailing
    this.unit = "base"; // what the amount of a market order counts
    this.sending = false;
    this.touched = false;
    this.price = $("[name=price]", root);
    this.trigger = $("[name=trigger]", root);
    this.amount = $("[name=amount]", root);
    this.expire = $("[name=expire]", root);
    this.display = $("[name=display]", root);
    for (const name of ["distance", "activation", "offset", "source", "timed", "begin"]) this[name] = $(`[name=${name}]`, root);
    this.stopLimit = $("[name=stop_limit]", root);
    this.bracket = $("[name=bracket]", root);
    this.bracketSource = $("[name=bracket_source]", root);
    this.take = $("[name=take]", root);
    this.stop = $("[name=stop]", root);
    this.trail = $("[name=trail]", root);
    this.draw = this.draw.bind(this);
    this.recount = this.recount.bind(this);
    this.#listen();
    for (const [source, name] of [[stream, "state"], [phase, "change"], [desk, "checking"]]) {
      source?.addEventListener(name, () => schedule(this.draw));
    }
    // The book changes many times a second: only the numbers follow it, and only when they can differ.
    for (const [source, name] of [[book, "change"], [account, "balances"]]) {
      source?.addEventListener(name, () => { if (this.amount.value || name === "balances") schedule(this.recount); });
    }
    desk?.addEventListener("found", ({ detail }) => this.#report(detail));
    this.draw();
  }

  /** A price picked in the book: the limit price, or what an order without one waits for. */
  setPrice(text) {
    if (this.kind === "market") this.#set("kind", "limit");
    const field = this.kind === "trailing" ? this.activation : this.#sends === "limit" ? this.price : this.trigger;
    field.value = text;
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
  setKind(kind) { this.#set("kind", kind); }
  /** That share, in percent, of what is available as the amount. */
  takeShare(percent) { this.#take(percent); }

  /** The cursor to the first price there is to be given. */
  toPrice() {
    for (const field of [this.price, this.trigger, this.distance, this.amount]) {
      if (!field.closest("[hidden]")) return field.focus();
    }
    return undefined;
  }

  #set(name, value) {
    this[name] = value;
    if (name === "unit") this.amount.value = "";
    this.touched = false;
    this.draw();
  }

  #listen() {
    for (const button of $$("[data-side]", this.root)) button.addEventListener("click", () => this.#set("side", button.dataset.side));
    for (const button of $$("[data-type]", this.root)) button.addEventListener("click", () => this.#set("kind", button.dataset.type));
    for (const button of $$("[data-sends]", this.root)) button.addEventListener("click", () => this.#set("sends", button.dataset.sends));
    for (const button of $$("[data-way]", this.root)) button.addEventListener("click", () => this.#set("way", button.dataset.way));
    for (const button of $$("[data-share]", this.root)) button.addEventListener("click", () => this.#take(BigInt(button.dataset.share)));
    $("[data-unit]", this.root).addEventListener("click", () => this.#set("unit", this.unit === "base" ? "quote" : "base"));
    for (const input of [this.price, this.trigger, this.distance, this.activation, this.offset, this.stopLimit, this.amount, this.begin, this.expire, this.take, this.stop, this.trail, this.display]) {
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
    for (const input of $$("[name=time_in_force], [name=post_only], [name=source], [name=bracket], [name=bracket_source]", this.root)) input.addEventListener("change", this.draw);
    this.timed.addEventListener("change", () => {
      if (this.timed.checked && !this.begin.value) this.begin.value = fieldOf(Date.now() + HOUR_MS);
      this.draw();
    });
    $("[name=time_in_force]", this.root).addEventListener("change", () => {
      if (this.#timeInForce === "GTD" && !this.expire.value) this.expire.value = fieldOf(Date.now() + 7 * DAY_MS);
      this.draw();
    });
    this.root.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
  }

  #levels(side) { return side === "buy" ? this.book.askLevels() : this.book.bidLevels(); }
  get #waits() { return waitsForPrice(this.kind); }
  get #sends() {
    if (this.#pairs) return "limit";
    return this.#waits ? this.sends : this.kind;
  }
  get #pairs() { return this.kind === "oco"; }
  get #source() { return this.#waits || this.#pairs ? this.source.value : "last"; }
  get #isTimed() { return this.timed.checked && !this.#pairs; }
  /** Where no price is known by which to turn a total into an amount, amounts count in base. */
  get #isUnpriced() { return this.kind === "trailing" || (this.kind === "market" && this.#isTimed); }
  get #byQuote() { return this.unit === "quote" && !this.#isUnpriced; }
  get #timeInForce() {
    const chosen = $("[name=time_in_force]", this.root).value;
    if (this.kind === "market") return "IOC";
    return this.#sends === "limit" || ["GTD", "DAY"].includes(chosen) ? chosen : "IOC";
  }
  get #begins() { return this.#isTimed ? momentOf(this.begin.value) : null; }
  get #expires() { return this.#timeInForce === "GTD" ? momentOf(this.expire.value) : null; }
  get #brackets() { return !this.#pairs && this.bracket.checked; }
  get #postOnly() {
    return ["limit", "oco"].includes(this.kind) && this.#mayBePostOnly && $("[name=post_only]", this.root).checked;
  }
  /** In an auction nobody takes, and the exchange refuses the wish. */
  get #mayBePostOnly() { return RESTING.includes(this.#timeInForce) && this.instrument.state !== "auction"; }

  /** Whether the order may rest in the book at a price, so that it can show a part of itself only. */
  get #mayHide() {
    return !this.#pairs && !this.#brackets && this.#sends === "limit" && ["GTC", "GTD"].includes(this.#timeInForce);
  }
  get #display() { return this.#mayHide ? this.display.value : ""; }

  /** Ticks by which an amount is worth money before it trades; null: the book's. */
  get #ticks() {
    if (this.kind === "market") return null;
    if (this.kind === "trailing") return this.last ?? null;
    return this.instrument.ticksOf((this.#sends === "limit" ? this.price : this.trigger).value);
  }

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
        const ticks = this.#ticks;
        const lots = ticks ? instrument.lotsFor(share, ticks)
          : sweep(instrument, this.#levels("buy"), { quoteUnits: share, side: "buy" }).lots;
        this.amount.value = instrument.quantityText(lots);
      }
    } else if (this.#byQuote) {
      const ticks = this.#ticks;
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

  work() {
    const result = this.#reckoned();
    if (this.#pairs) {
      const stop = readStop({
        instrument: this.instrument, side: this.side, way: this.way, source: this.#source, trigger: this.trigger.value,
        limit: this.stopLimit.value, distance: this.distance.value, last: this.last ?? null, ticks: result.ticks, lots: result.lots,
      });
      return { ...result, stop, problem: stop.problem ?? result.problem };
    }
    if (result.problem || !this.#brackets) return result;
    const bracket = readBracket({
      instrument: this.instrument, side: this.side, take: this.take.value, stop: this.stop.value, trail: this.trail.value,
      source: this.bracketSource.value, lots: result.lots, ticks: result.ticks ?? result.triggerTicks ?? this.last ?? null, last: this.last ?? null,
    });
    return { ...result, bracket, problem: bracket.problem };
  }

  #reckoned() {
    const asset = this.side === "buy" ? this.instrument.quote : this.instrument.base;
    return reckon({
      instrument: this.instrument, side: this.side, kind: this.kind, sends: this.#sends, byQuote: this.#byQuote,
      price: this.price.value, trigger: this.trigger.value, amount: this.amount.value, display: this.#display, postOnly: this.#postOnly,
      distance: this.distance.value, activation: this.activation.value, offset: this.offset.value, source: this.#source,
      begins: this.#begins, expires: this.#expires, now: Date.now(), last: this.last, levels: this.#levels(this.side),
      available: this.account?.available(asset) ?? null,
    });
  }

  draw() {
    const { instrument, side, kind, root } = this;
    const sends = this.#sends;
    for (const button of $$("[data-side]", root)) button.setAttribute("aria-pressed", String(button.dataset.side === side));
    for (const button of $$("[data-type]", root)) button.setAttribute("aria-pressed", String(button.dataset.type === kind));
    for (const button of $$("[data-sends]", root)) button.setAttribute("aria-pressed", String(button.dataset.sends === sends));
    for (const button of $$("[data-way]", root)) button.setAttribute("aria-pressed", String(button.dataset.way === this.way));
    $("[data-row=sends]", root).hidden = !this.#waits;
    const trails = kind === "trailing";
    const pairs = this.#pairs;
    const follows = trails || (pairs && this.way === "trailing");
    $("[data-row=way]", root).hidden = !pairs;
    $("[data-row=terms]", root).classList.toggle("legs", pairs);
    $("[data-row=source]", root).hidden = !this.#waits && !pairs;
    $("[data-row=trigger]", root).hidden = follows || (!this.#waits && !pairs);
    put($("[data-out=trigger]", root), pairs ? _("Stop") : _("Trigger"));
    $("[data-row=distance]", root).hidden = !follows;
    $("[data-row=activation]", root).hidden = !trails;
    $("[data-row=offset]", root).hidden = !trails || sends !== "limit";
    $("[data-row=stop_limit]", root).hidden = !pairs || this.way !== "limit";
    put($("label[for=price]", root), pairs ? _("Limit order") : _("Price"));
    put($("[data-out=activation-when]", root), waitsForRise(kind, side) ? "≤" : "≥");
    put($("[data-out=when]", root), waitsForRise(kind, side) ? "≥" : "≤");
    $("[data-row=price]", root).hidden = sends !== "limit" || trails;
    $("[data-row=timed]", root).hidden = pairs;
    $("[data-row=begin]", root).hidden = !this.#isTimed;
    this.begin.min = fieldOf(Date.now());
    $("[data-unit]", root).disabled = this.#isUnpriced;
    $("[data-row=options]", root).hidden = kind === "market";
    for (const option of $$("[name=time_in_force] option", root)) {
      option.hidden = option.disabled = (sends !== "limit" || pairs) && ["IOC", "FOK"].includes(option.value);
      if (option.disabled && option.selected) option.parentNode.value = "GTC";
    }
    $("[data-row=expire]", root).hidden = this.#timeInForce !== "GTD";
    this.expire.min = fieldOf(Date.now());
    $("[data-row=post_only]", root).hidden = !["limit", "oco"].includes(kind);
    $("[data-row=bracket]", root).hidden = pairs;
    $("[data-row=legs]", root).hidden = !this.#brackets;
    $("[data-row=stop]", root).hidden = this.trail.value.trim() !== "";
    $("[data-row=bracket_source]", root).hidden = `${this.stop.value}${this.trail.value}`.trim() === "";
    $("[name=post_only]", root).disabled = !this.#mayBePostOnly;
    $("[data-row=display]", root).hidden = $("#display-note").hidden = !this.#mayHide;
    put($("[data-unit-text]", root), this.#byQuote ? instrument.quote.code : instrument.base.code);
    put($("label[for=amount]", root), this.#byQuote ? _("Total") : _("Amount"));
    this.recount();
  }

  /** What the order amounts to, anew. */
  recount() {
    this.#drawAvailable();
    this.#drawSum(this.work());
  }

  #drawAvailable() {
    const asset = this.side === "buy" ? this.instrument.quote : this.instrument.base;
    const available = this.account?.available(asset);
    put($("[data-out=available]", this.root), available === null || available === undefined ? "–" : `${group(brief(available, asset.scale, asset.places))} ${asset.code}`);
  }

  #drawSum(result) {
    const { instrument, side, kind, root } = this;
    const [paid, got] = side === "buy" ? [instrument.quote, instrument.base] : [instrument.base, instrument.quote];
    const out = (name, text) => put($(`[data-out=${name}]`, root), text);
    const about = this.#sends === "market" || kind === "trailing" ? "≈ " : "";
    const known = result.notional !== null && result.shownLots > 0n;
    const show = (units, asset) => `${about}${group(brief(units, asset.scale, asset.places))} ${asset.code}`;
    put($("[data-label=pays]", root), side === "buy" ? _("Cost") : _("You sell"));
    out("pays", known ? show(result.pays, paid) : "–");
    out("fee", known ? `${show(result.fee, got)}` : "–");
    put($("[data-label=fee]", root), known
      ? (result.takes ? say("Taker fee %(rate)s", { rate: rate(result.feePpm) }) : say("Maker fee %(rate)s", { rate: rate(result.feePpm) })) : _("Fee"));
    out("receives", known ? show(result.receives, got) : "–");
    out("after", known ? this.#after(result, paid, got, about) : "–");
    const average = $("[data-row=average]", root);
    average.hidden = kind !== "market";
    if (kind === "market") {
      out("average", result.average?.lots ? group(instrument.priceText(averageTicks(instrument, result.average))) : "–");
    }
    const why = $(".why", root);
    // A visitor is invited below; to him no sentence in red.
    const problem = !this.tradable ? null : this.#blocked() ?? (this.touched ? result.problem?.message : null);
    const note = this.desk?.checking ? _("We are asking what became of your order. It is never placed twice.")
      : result.incomplete ? _("The book holds less than that; the rest will expire.")
      : this.#waits || this.#isTimed ? _("Nothing is held while it waits. If the funds are not there when it is sent on, it is rejected.")
      : this.#pairs ? _("One cancels the other. Only the limit order holds funds; if the stop is reached, it takes them over.")
      : result.bracket && !result.problem ? this.#bracketNote(result.bracket) : "";
    why.classList.toggle("note", !problem);
    put(why, problem ?? note);
    for (const field of ["trigger", "distance", "activation", "offset", "stop_limit", "price", "amount", "begin", "expire", "take", "stop", "trail", "display"]) {
      $(`[data-row=${field}]`, root).classList.toggle("wrong", this.touched && result.problem?.field === field);
    }
    const send = $(".send", root);
    if (!send) return;
    send.classList.toggle("buy", side === "buy");
    send.classList.toggle("sell", side === "sell");
    const busy = this.#busy;
    send.disabled = busy !== null || this.#blocked() !== null;
    send.setAttribute("aria-busy", String(busy !== null));
    send.dataset.words = side === "buy" ? say("Buy %(asset)s", { asset: instrument.base.code }) : say("Sell %(asset)s", { asset: instrument.base.code });
    put(send, busy ?? send.dataset.words);
  }

  /** What will be held of both assets once it is filled; what orders hold is among it. */
  #after(result, paid, got, about) {
    const [left, now] = [this.account?.booked(paid), this.account?.booked(got)];
    if (left === null || left === undefined || now === null || now === undefined) return "–";
    const show = (units, asset) => `${group(brief(units > 0n ? units : 0n, asset.scale, asset.places))} ${asset.code}`;
    return `${about}${show(now + result.receives, got)} · ${show(left - result.pays, paid)}`;
  }

  #bracketNote(bracket) {
    const words = { amount: `${this.instrument.quantityText(bracket.lots)} ${this.instrument.base.code}` };
    return this.side === "buy"
      ? say("Once your order is wholly filled, %(amount)s are offered at these prices.", words)
      : say("Once your order is wholly filled, %(amount)s are bought back at these prices.", words);
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
    if (this.instrument.state === "closed") return _("Trading is closed until the next session.");
    if (this.instrument.state === "auction" && !this.#waits && (this.kind === "market" || !RESTING.includes(this.#timeInForce))) {
      return _("An auction is under way: it takes limit orders that can wait for its end.");
    }
    return null;
  }

  async #send() {
    this.touched = true;
    const result = this.work();
    this.draw();
    if (this.#busy !== null || result.problem || this.#blocked() !== null) {
      if (result.problem?.field === "display") $("[data-row=advanced]", this.root).open = true;
      if (result.problem) $(`[name=${result.problem.field}]`, this.root).focus();
      return;
    }
    const order = this.#order(result); // as it stands now: the form may change while it is asked
    this.sending = true;
    this.draw();
    if (await this.ask.order(this.#question(), this.#facts(order, result), this.side)) this.#report(await this.desk.place(order));
    this.sending = false;
    this.draw();
  }

  #question() { return $(".send", this.root).dataset.words; }

  /** The order in words and numbers, as it is asked about before it is sent. */
  #facts(order, result) {
    const { instrument } = this;
    const parts = order.orders ?? [order];
    const quote = (text) => `${group(text)} ${instrument.quote.code}`;
    const facts = [[_("Type"), $(`[data-type=${this.kind}]`, this.root).textContent]];
    if (parts[0].quantity) facts.push([_("Amount"), `${parts[0].quantity} ${instrument.base.code}`]);
    else facts.push([_("Total"), quote(parts[0].quote_amount)]);
    if (parts[0].price) facts.push([_("Price"), quote(parts[0].price)]);
    for (const part of parts) {
      if (part.trigger_price) facts.push([_("Trigger"), quote(part.trigger_price)]);
      if (part.trailing_distance_bp) facts.push([_("Trailing stop"), rate(BigInt(part.trailing_distance_bp) * 100n)]);
      if (part.price && part.type === "stop_limit" && part !== parts[0]) facts.push([_("Limit price"), quote(part.price)]);
      if (part.trigger_source) facts.push([_("Triggered by"), $(`[name=source] [value=${part.trigger_source}]`, this.root).textContent]);
    }
    if (result.bracket?.takeTicks) facts.push([_("Take profit"), quote(instrument.priceText(result.bracket.takeTicks))]);
    for (const name of ["pays", "fee", "receives"]) {
      const label = $(`[data-label=${name}]`, this.root);
      facts.push([label.textContent, $(`[data-out=${name}]`, this.root).textContent]);
    }
    return facts;
  }

  #order(result) {
    const { instrument, side, kind } = this;
    const sends = this.#sends;
    const order = {
      instrument: instrument.symbol, side, type: TYPES[kind][sends], time_in_force: this.#timeInForce,
      client_order_id: newClientOrderId(), self_trade_prevention: $("[name=self_trade]", this.root).value,
    };
    if (result.ticks !== null) order.price = instrument.priceText(result.ticks);
    if (kind === "limit" || kind === "oco") order.post_only = this.#postOnly;
    if (this.#waits) order.trigger_source = this.#source;
    if (this.#waits && result.triggerTicks !== null) order.trigger_price = instrument.priceText(result.triggerTicks);
    if (result.distanceBp !== null) order.trailing_distance_bp = Number(result.distanceBp);
    if (result.activationTicks !== null) order.activation_price = instrument.priceText(result.activationTicks);
    if (result.offsetTicks !== null) order.limit_offset = instrument.priceText(result.offsetTicks);
    if (this.#begins !== null) order.trigger_time = this.#begins;
    if (this.#expires !== null) order.expire_time = this.#expires;
    if (result.displayLots !== null) order.display_quantity = instrument.quantityText(result.displayLots);
    if (result.lots !== null) order.quantity = instrument.quantityText(result.lots);
    else order.quote_amount = brief(result.quoteUnits, instrument.quote.scale, instrument.quote.scale);
    if (result.stop) return oco(order, result.stop, instrument);
    return result.bracket ? withBracket(order, result.bracket, instrument) : order;
  }

  /** What was sent is gone from the form; the price stays. */
  #empty() {
    this.amount.value = this.display.value = "";
    this.touched = false;
  }

  #report(sent) {
    if (sent.asked || sent.outcome === "accepted") this.#empty();
    const undo = this.preferences.get("terminal", {}).undo ?? true;
    report(sent, undo ? (order) => this.desk.cancel(order) : null);
  }
}

function averageTicks(instrument, met) {
  const each = met.lots * instrument.factor;
  return (met.quote + each / 2n) / each;
}
