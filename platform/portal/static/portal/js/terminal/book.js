// The order book: state kept from a snapshot and gap-free numbered updates, and its ladder.

import { $, el, put, schedule } from "../dom.js";
import { format } from "../decimal.js";
import { _, say } from "../text.js";

const ROW_PX = 20;

export class Book extends EventTarget {
  constructor(instrument, stream) {
    super();
    this.instrument = instrument;
    this.stream = stream;
    this.channel = `depth:${instrument.symbol}`;
    this.bids = new Map(); // ticks (a safe integer) → lots (BigInt)
    this.asks = new Map();
    this.seq = null; // null: waiting for a snapshot
    this.resyncs = 0;
    stream.subscribe(this.channel, (message) => this.#receive(message));
    stream.addEventListener("state", () => { if (!stream.live) this.seq = null; });
  }

  get ready() { return this.seq !== null; }
  bidLevels() { return [...this.bids].sort((a, b) => b[0] - a[0]); }
  askLevels() { return [...this.asks].sort((a, b) => a[0] - b[0]); }

  #receive(message) {
    if (message.type === "snapshot") {
      this.bids.clear();
      this.asks.clear();
    } else {
      if (this.seq === null) return; // the rest of what we left
      if (message.previous !== this.seq) {
        this.seq = null;
        this.resyncs += 1;
        this.stream.resubscribe(this.channel);
        return;
      }
    }
    this.#merge(this.bids, message.bids);
    this.#merge(this.asks, message.asks);
    this.seq = message.seq;
    this.dispatchEvent(new Event("change"));
  }

  #merge(side, levels = []) {
    for (const [price, quantity] of levels) {
      const ticks = Number(this.instrument.ticksOf(price));
      const lots = this.instrument.lotsOf(quantity);
      if (lots) side.set(ticks, lots);
      else side.delete(ticks);
    }
  }
}

export class Ladder {
  /** `pick(priceText, side)` is called when a level is chosen. */
  constructor(book, root, { pick, isMine }) {
    this.book = book;
    this.instrument = book.instrument;
    this.pick = pick;
    this.isMine = isMine;
    this.asks = $(".asks", root);
    this.bids = $(".bids", root);
    this.middle = $("[data-spread]", root);
    this.rows = { asks: [], bids: [] };
    this.veil = $(".veil", root);
    this.draw = this.draw.bind(this);
    book.addEventListener("change", () => schedule(this.draw));
    new ResizeObserver(() => schedule(this.draw)).observe(this.asks);
  }

  draw() {
    this.veil.hidden = this.book.ready || this.book.bids.size + this.book.asks.size > 0;
    const asks = this.book.askLevels();
    const bids = this.book.bidLevels();
    const fit = Math.max(1, Math.floor(this.asks.clientHeight / ROW_PX));
    const shownAsks = withSums(asks.slice(0, fit));
    const shownBids = withSums(bids.slice(0, fit));
    const last = (levels) => (levels.length ? levels[levels.length - 1].sum : 0n);
    const most = last(shownAsks) > last(shownBids) ? last(shownAsks) : last(shownBids);
    this.#fill("asks", shownAsks.reverse(), most);
    this.#fill("bids", shownBids, most);
    this.#spread(asks[0]?.[0], bids[0]?.[0]);
  }

  #fill(name, levels, most) {
    const rows = this.rows[name];
    const half = this[name];
    while (rows.length < levels.length) rows.push(this.#row(half, name));
    while (rows.length > levels.length) rows.pop().node.remove();
    for (const [index, level] of levels.entries()) {
      const row = rows[index];
      const priceText = this.instrument.priceText(level.ticks);
      row.priceText = priceText;
      put(row.price, this.instrument.priceShown(level.ticks));
      put(row.quantity, this.instrument.quantityText(level.lots));
      put(row.sum, this.instrument.quantityText(level.sum));
      const share = most ? Number((level.sum * 1000n) / most) / 1000 : 0;
      if (row.share !== share) row.bar.style.setProperty("--share", (row.share = share));
      const mine = this.isMine(priceText, name === "asks" ? "sell" : "buy");
      if (row.mine !== mine) {
        row.mine = mine;
        row.node.classList.toggle("mine", mine);
        row.node.title = mine ? _("You have an order at this price") : "";
      }
    }
  }

  #row(half, name) {
    const row = { price: el("span.price"), quantity: el("span"), sum: el("span.sum"), bar: el("i.bar") };
    row.node = el("button.ladder-row.num", { type: "button", tabindex: "-1" }, row.price, row.quantity, row.sum, row.bar);
    row.node.addEventListener("click", () => this.pick(row.priceText, name === "asks" ? "buy" : "sell"));
    half.append(row.node);
    return row;
  }

  #spread(ask, bid) {
    if (ask === undefined || bid === undefined) {
      put(this.middle, "");
      return;
    }
    const units = BigInt(ask - bid) * this.instrument.tickUnits;
    const bp = ((ask - bid) / ((ask + bid) / 2)) * 10_000;
    put(this.middle, say("Spread %(spread)s · %(bp)s bp", {
      spread: format(units, this.instrument.quote.scale, this.instrument.pricePlaces), bp: bp.toFixed(2),
    }));
  }
}

function withSums(levels) {
  let sum = 0n;
  return levels.map(([ticks, lots]) => ({ ticks, lots, sum: (sum += lots) }));
}
