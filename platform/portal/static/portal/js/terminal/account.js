// The customer's own side of the screen: open orders, past orders, fills, balances. Loaded once
// over REST, kept by the private channel, loaded again after every reconnect.

import { parse } from "../decimal.js";

const PAST_ROWS = 60;
const TRAILING_MS = 3_000;

const OPEN = new Set(["open", "partially_filled", "waiting", "pending"]);
// What an open order has come through; it never goes back.
const STAGE = { pending: 0, waiting: 1, open: 2, partially_filled: 2 };
export const isOpen = (order) => OPEN.has(order.status);

export class AccountState extends EventTarget {
  /** `id`: the account that this page trades with; others of the same customer are passed over. */
  constructor(stream, id) {
    super();
    this.id = id;
    this.orders = new Map(); // order_id → order, open ones
    this.past = [];
    this.fills = [];
    this.balances = new Map(); // asset → balance
    this.loaded = false;
    this.closed = new Set();
    this.generation = 0;
    stream.subscribe("private", (message) => this.#receive(message));
    stream.addEventListener("state", () => { if (stream.live) this.load(); });
    if (stream.live) this.load();
    setInterval(() => { if (stream.live && !document.hidden) this.#followTrailing(); }, TRAILING_MS);
  }

  /** The stop prices of trailing stops move with no event each: they are asked for while one waits. */
  async #followTrailing() {
    const trails = (order) => order.status === "waiting" && order.trailing_distance_bp;
    if (![...this.orders.values()].some(trails)) return;
    let open = [];
    try {
      open = await this.#read("orders?status=open&limit=200");
    } catch {
      return; // the next time
    }
    for (const told of open) {
      const known = this.orders.get(String(told.order_id));
      if (!known || !trails(known) || !trails(told)) continue;
      const { trigger_price, extreme_price } = told;
      this.orders.set(String(told.order_id), { ...known, trigger_price, extreme_price });
    }
    this.#changed("orders");
  }

  /** Reads everything; what stream and answers say meanwhile is newer and is put on top. */
  async load() {
    const generation = ++this.generation;
    this.during ??= []; // a load that this one overtakes has not put its own on top
    try {
      const [open, past, fills, balances] = await Promise.all(
        ["orders?status=open&limit=200", `orders?status=closed&limit=${PAST_ROWS}`, `fills?limit=${PAST_ROWS}`, "balances"].map((path) => this.#read(path)),
      );
      if (generation !== this.generation) return;
      // What the stream has already told closed stays closed: the tables may lag a moment.
      const living = open.filter((order) => !this.closed.has(String(order.order_id)));
      this.orders = new Map(living.map((order) => [String(order.order_id), order]));
      this.past = withUnwritten(this.past, past, (order) => [order.order_id]);
      this.fills = withUnwritten(this.fills, fills, (fill) => [fill.trade_id, fill.order_id]);
      this.balances = new Map(balances.map((balance) => [balance.asset, balance]));
      const late = this.during;
      this.during = null;
      for (const message of late) this.#apply(message, true);
      this.loaded = true;
      this.#changed("orders", "fills", "balances");
    } catch {
      if (generation !== this.generation) return;
      const late = this.during;
      this.during = null;
      for (const message of late) this.#apply(message, true);
      setTimeout(() => { if (generation === this.generation) this.load(); }, 3_000);
    }
  }

  #read(path) {
    return read(this.id ? `${path}${path.includes("?") ? "&" : "?"}account=${this.id}` : path);
  }

  #receive(message) {
    const told = message.order ?? message.fill ?? message.balance ?? message;
    if (this.id && told.account !== undefined && told.account !== this.id) return;
    if (this.during) this.during.push(message);
    else this.#apply(message, false);
  }

  #apply(message, late) {
    if (message.type === "order") {
      this.#putOrder(message.order ?? message);
    } else if (message.type === "fill") {
      const fill = message.fill ?? message;
      if (this.fills.some((other) => sameFill(other, fill))) return;
      this.fills = [fill, ...this.fills].slice(0, PAST_ROWS);
      this.#changed("fills");
      if (!late) this.dispatchEvent(new CustomEvent("fill", { detail: fill }));
    } else if (message.type === "balance") {
      const balance = message.balance ?? message;
      this.balances.set(balance.asset, balance);
      this.#changed("balances");
    }
  }

  /** An order as the server last told it, from an answer or from the stream. */
  putOrder(order) {
    this.during?.push({ type: "order", order });
    this.#putOrder(order);
  }

  #putOrder(order) {
    const id = String(order.order_id);
    if (isOpen(order)) {
      if (this.closed.has(id)) return; // an older word on an order already seen closed
      const known = this.orders.get(id);
      if (Number(order.filled_quantity) < Number(known?.filled_quantity)) return;
      if (known && STAGE[order.status] < STAGE[known.status]) return; // it has gone on since
      this.orders.set(id, { ...known, ...order });
    } else {
      const known = this.orders.get(id);
      this.orders.delete(id);
      this.closed.add(id);
      const rest = this.past.filter((other) => String(other.order_id) !== id);
      this.past = [{ ...known, ...order }, ...rest].slice(0, PAST_ROWS);
    }
    this.#changed("orders");
  }

  /** Units the account may use of an asset; null while unknown. */
  available(asset) {
    if (!this.loaded && !this.balances.has(asset.code)) return null;
    const balance = this.balances.get(asset.code);
    return balance ? parse(balance.available, asset.scale) : 0n;
  }

  /** Units of an asset that are the account's, held ones too; null while unknown. */
  booked(asset) {
    if (!this.loaded && !this.balances.has(asset.code)) return null;
    const balance = this.balances.get(asset.code);
    return balance ? parse(balance.booked, asset.scale) : 0n;
  }

  /** Prices, in ticks as plain numbers, at which an own order rests in the book. */
  ticksOf(instrument, side) {
    const resting = [...this.orders.values()].filter((order) => order.instrument === instrument.symbol && order.side === side && order.price && STAGE[order.status] === 2);
    return resting.map((order) => Number(instrument.ticksOf(order.price)));
  }

  #changed(...names) {
    for (const name of names) this.dispatchEvent(new Event(name));
  }
}

const sameFill = (a, b) => String(a.trade_id) === String(b.trade_id) && String(a.order_id) === String(b.order_id);

/** Rows read from the tables behind those told before that the tables, which lag a moment, do not
 *  hold yet. `key` gives a row's ids, the one that rises first. */
function withUnwritten(told, read, key) {
  const written = new Set(read.map((row) => key(row).join()));
  const oldest = read.length < PAST_ROWS ? -1n : BigInt(key(read[read.length - 1])[0]);
  const late = told.filter((row) => !written.has(key(row).join()) && BigInt(key(row)[0]) > oldest);
  return [...late, ...read].slice(0, PAST_ROWS);
}

async function read(path) {
  const answer = await fetch(`/api/v1/${path}`, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  const body = await answer.json();
  return Array.isArray(body) ? body : body.results ?? body.orders ?? body.fills ?? body.balances ?? [];
}
