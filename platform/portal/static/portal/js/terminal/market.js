// What the market does: the trades tape, the ticker in the head.

import { $, el, put, schedule } from "../dom.js";
import { group } from "../decimal.js";
import { clockText } from "../text.js";

const TAPE_ROWS = 60;

export class Tape {
  constructor(instrument, stream, root, onLast) {
    this.instrument = instrument;
    this.root = root;
    this.onLast = onLast;
    this.trades = [];
    this.draw = this.draw.bind(this);
    stream.subscribe(`trades:${instrument.symbol}`, (message) => this.#receive(message));
  }

  #receive(message) {
    const trades = [...message.trades].sort((a, b) => b.time - a.time || Number(b.id) - Number(a.id));
    if (message.type === "snapshot") this.trades = trades.slice(0, TAPE_ROWS);
    else this.trades = [...trades, ...this.trades].slice(0, TAPE_ROWS);
    if (this.trades.length) this.onLast(this.trades[0]);
    schedule(this.draw);
  }

  draw() {
    while (this.root.children.length < this.trades.length) {
      this.root.append(el("div.tape-row", {}, el("span"), el("span"), el("time")));
    }
    while (this.root.children.length > this.trades.length) this.root.lastElementChild.remove();
    for (const [index, trade] of this.trades.entries()) {
      const [price, quantity, time] = this.root.children[index].children;
      price.className = trade.side === "buy" ? "up" : "down";
      put(price, `${trade.side === "buy" ? "▲" : "▼"} ${group(pad(trade.price, this.instrument.pricePlaces))}`);
      put(quantity, pad(trade.quantity, this.instrument.quantityPlaces));
      put(time, clockText(trade.time));
    }
  }
}

/** Last price, change, high, low and volume in the head; tells of all instruments ("tickers"). */
export class Tickers extends EventTarget {
  constructor(instrument, stream, root) {
    super();
    this.instrument = instrument;
    this.root = root;
    this.price = $("[data-last]", root);
    this.bookPrice = $("[data-book-last]");
    this.title = document.title;
    this.shown = null;
    stream.subscribe("tickers", (message) => {
      for (const ticker of message.tickers) if (ticker.instrument === instrument.symbol) this.#show(ticker);
      this.dispatchEvent(new CustomEvent("tickers", { detail: message.tickers }));
    });
  }

  #show(ticker) {
    showTicker($(".stats", this.root), ticker, this.instrument);
    if (ticker.last) this.last(ticker.last);
  }

  last(text) {
    const shown = group(pad(text, this.instrument.pricePlaces));
    if (shown === this.shown) return;
    const ticks = this.instrument.ticksOf(text);
    const rose = this.ticks === undefined || ticks === null ? null : ticks > this.ticks;
    this.ticks = ticks ?? this.ticks;
    this.shown = shown;
    schedule(() => {
      for (const node of [this.price, this.bookPrice]) {
        put(node, shown);
        if (rose !== null) {
          node.classList.toggle("up", rose);
          node.classList.toggle("down", !rose);
        }
      }
      document.title = `${shown} ${this.title}`;
    });
  }
}

/** Fills `[data-field]` cells below `root`. */
export function showTicker(root, ticker, instrument = null) {
  const places = instrument?.pricePlaces ?? Number(root.dataset.places ?? 0);
  const set = (name, text) => {
    const node = $(`[data-field="${name}"]`, root);
    if (!node || text === undefined || text === null) return null;
    put(node, text);
    return node;
  };
  for (const name of ["last", "high", "low", "bid", "ask"]) {
    if (ticker[name]) set(name, group(pad(ticker[name], places)));
  }
  if (ticker.volume) set("volume", group(cut(ticker.volume, 2)));
  if (ticker.quote_volume) set("quote_volume", group(cut(ticker.quote_volume, 0)));
  const bp = Number(ticker.change_bp ?? 0);
  const change = set("change", changeText(bp));
  if (change) {
    change.classList.toggle("up", bp > 0);
    change.classList.toggle("down", bp < 0);
  }
}

export function changeText(bp) {
  const sign = bp > 0 ? "+" : bp < 0 ? "−" : "";
  return `${sign}${(Math.abs(bp) / 100).toFixed(2)} %`;
}

/** At least `places` decimals, so that columns stand still. */
export function pad(text, places) {
  const [whole, fraction = ""] = String(text).split(".");
  return places || fraction ? `${whole}.${fraction.padEnd(places, "0")}` : whole;
}

function cut(text, places) {
  const [whole, fraction = ""] = String(text).split(".");
  return places ? `${whole}.${fraction.slice(0, places).padEnd(places, "0")}` : whole;
}
