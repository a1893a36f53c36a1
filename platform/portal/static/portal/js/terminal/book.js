// The order book: state kept from a snapshot and gap-free numbered updates.

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

  // Best first, as [ticks, lots]; sorted once between two updates, however many parts of the page ask.
  bidLevels() { return (this.sortedBids ??= [...this.bids].sort((a, b) => b[0] - a[0])); }
  askLevels() { return (this.sortedAsks ??= [...this.asks].sort((a, b) => a[0] - b[0])); }

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
    this.sortedBids = this.sortedAsks = null;
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

/**
 * `levels` ([ticks, lots], best first) taken together by `ticks` at a time, at most `most` of them:
 * bids go down to the whole step, asks up, so that no price looks better than it is.
 * Returns [{ticks, lots, sum}], `sum` being all lots down to there.
 */
export function grouped(levels, step, side, most = Infinity) {
  const found = [];
  let sum = 0n;
  for (const [ticks, lots] of levels) {
    const at = side === "bids" ? Math.floor(ticks / step) * step : Math.ceil(ticks / step) * step;
    const last = found[found.length - 1];
    if (last?.ticks === at) {
      last.lots += lots;
      last.sum = sum += lots;
    } else {
      if (found.length >= most) break;
      found.push({ ticks: at, lots, sum: (sum += lots) });
    }
  }
  return found;
}
