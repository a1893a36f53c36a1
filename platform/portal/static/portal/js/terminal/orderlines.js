// Own orders on the chart: a line at the price of each, with a handle that is dragged (or moved with
// the arrow keys) to another price, and a button that cancels. The handles are elements above the
// canvas, so that keyboard and screen reader reach them. Fills are marks on their candles.

import { $, el, icon, put } from "../dom.js";
import { group } from "../decimal.js";
import { _, say } from "../text.js";
import { isReplaceable } from "./editing.js";
import { typeText } from "./status.js";

const MOST_FILLS = 60;

export class OrderLines {
  constructor({ chart, instrument, account, desk, root, preferences, ask }) {
    Object.assign(this, { chart, instrument, account, desk, preferences, ask });
    this.layer = $(".orderlines", root);
    this.lines = new Map(); // order id → line
    this.marks = new Map(); // fill key → id of the overlay
    registerMark();
    this.frame = this.frame.bind(this);
    account.addEventListener("orders", () => this.#orders());
    account.addEventListener("fills", () => this.#fills());
    chart.addEventListener("loaded", () => this.#fills());
    chart.addEventListener("frame", () => { this.marks.clear(); chart.chart.removeOverlay({ groupId: "fills" }); });
    preferences.addEventListener("change", ({ detail }) => {
      if (detail !== "chart") return;
      this.#orders();
      this.#fills();
    });
    this.#orders();
  }

  get #shown() { return this.preferences.get("chart", {}).orders ?? true; }

  #orders() {
    const own = [...this.account.orders.values()].filter((order) => order.instrument === this.instrument.symbol && priceOf(order));
    const wanted = new Map(this.#shown ? own.map((order) => [String(order.order_id), order]) : []);
    for (const [id, line] of this.lines) {
      if (wanted.has(id)) continue;
      line.node.remove();
      this.lines.delete(id);
    }
    for (const [id, order] of wanted) {
      const line = this.lines.get(id) ?? this.#make(id);
      line.order = order;
      this.#label(line);
    }
    if (this.lines.size && !this.running) {
      this.running = true;
      requestAnimationFrame(this.frame);
    }
  }

  #make(id) {
    const line = { id, price: el("b.num"), words: el("span"), dragged: null };
    line.handle = el("button.handle", { type: "button" }, line.words, " ", line.price);
    line.cancel = el("button.cancel", { type: "button", title: _("Cancel"), onclick: () => this.#cancel(line) }, icon("x"));
    line.node = el("div.orderline", { "data-order": id }, el("i"), el("span.tag", {}, line.handle, line.cancel));
    line.handle.addEventListener("pointerdown", (event) => this.#drag(line, event));
    line.handle.addEventListener("keydown", (event) => this.#key(line, event));
    line.handle.addEventListener("blur", () => { if (line.dragged !== null && !line.pointer) this.#leave(line); });
    this.layer.append(line.node);
    this.lines.set(id, line);
    return line;
  }

  #label(line) {
    const { order } = line;
    const movable = isReplaceable(order, this.account.orders);
    const side = order.side === "buy" ? _("Buy") : _("Sell");
    const quantity = order.remaining_quantity ?? order.quantity;
    line.node.className = `orderline ${order.side}${movable ? " movable" : ""}${order.status === "waiting" || order.status === "pending" ? " waits" : ""}`;
    put(line.words, [side, typeText(order), quantity].filter(Boolean).join(" "));
    this.#price(line);
    const words = { side, quantity, price: group(priceOf(order)) };
    line.handle.setAttribute("aria-label", movable
      ? say("%(side)s %(quantity)s at %(price)s. Arrow keys change the price, Enter sends it.", words)
      : say("%(side)s %(quantity)s at %(price)s. Its price cannot be changed.", words));
    line.cancel.setAttribute("aria-label", say("Cancel order %(id)s on the chart", { id: line.id }));
  }

  #price(line) { put(line.price, line.dragged === null ? group(priceOf(line.order)) : this.instrument.priceShown(line.dragged)); }

  /** Once a frame while there are lines: the chart moves under them in many ways. */
  frame() {
    const pane = this.chart.pane();
    const axis = this.chart.chart.getSize("candle_pane", "root");
    if (pane && axis && this.width !== pane.width) {
      this.width = pane.width;
      this.layer.style.inlineSize = `${pane.width}px`;
    }
    for (const line of this.lines.values()) {
      const ticks = line.dragged ?? this.instrument.ticksOf(priceOf(line.order));
      const price = Number(this.instrument.priceText(ticks));
      const y = this.chart.yOf(price);
      const hidden = y === null || !pane || y < 0 || y > pane.height;
      const at = hidden ? "" : `translateY(${Math.round(y + axis.top)}px)`;
      if (line.at === at) continue;
      line.at = at;
      line.node.hidden = hidden;
      line.node.style.transform = at;
    }
    this.running = this.lines.size > 0;
    if (this.running) requestAnimationFrame(this.frame);
  }

  #drag(line, event) {
    if (event.button !== 0 || !isReplaceable(line.order, this.account.orders)) return;
    event.preventDefault();
    line.handle.focus();
    const top = this.layer.getBoundingClientRect().top + this.chart.chart.getSize("candle_pane", "root").top;
    line.handle.setPointerCapture(event.pointerId);
    line.pointer = true;
    const begun = event.clientY;
    const move = (moved) => {
      if (line.dragged === null && Math.abs(moved.clientY - begun) < 3) return;
      const price = this.chart.priceAt(moved.clientY - top);
      if (price !== null) this.#to(line, this.#ticksNear(price));
    };
    const end = (ended) => {
      for (const [name, act] of [["pointermove", move], ["pointerup", end], ["pointercancel", end]]) line.handle.removeEventListener(name, act);
      line.pointer = false;
      if (ended.type === "pointerup") this.#send(line);
      else this.#leave(line);
    };
    for (const [name, act] of [["pointermove", move], ["pointerup", end], ["pointercancel", end]]) line.handle.addEventListener(name, act);
  }

  /** The whole number of ticks nearest to a place on the screen. */
  #ticksNear(price) {
    const step = Number(this.instrument.priceText(1n));
    return BigInt(Math.max(1, Math.round(price / step)));
  }

  #key(line, event) {
    if (event.key === "Escape" && line.dragged !== null) {
      event.stopPropagation();
      return this.#leave(line);
    }
    if (event.key === "Enter" && line.dragged !== null) {
      event.preventDefault();
      return this.#send(line);
    }
    if (event.key === "Delete") return this.#cancel(line);
    const step = { ArrowUp: 1n, ArrowDown: -1n, PageUp: 100n, PageDown: -100n }[event.key];
    if (!step || !isReplaceable(line.order, this.account.orders)) return undefined;
    event.preventDefault();
    const ticks = (line.dragged ?? this.instrument.ticksOf(priceOf(line.order))) + step;
    if (ticks > 0n) this.#to(line, ticks);
    return undefined;
  }

  #to(line, ticks) {
    line.dragged = ticks;
    line.node.classList.add("moved");
    this.#price(line);
  }

  #leave(line) {
    line.dragged = null;
    line.node.classList.remove("moved");
    this.#price(line);
  }

  async #send(line) {
    const { dragged, order } = line;
    if (dragged === null) return;
    const price = this.instrument.priceText(dragged);
    if (dragged !== this.instrument.ticksOf(order.price) && await this.ask.change(order, price)) {
      await this.desk.replace(order, { price });
    }
    this.#leave(line);
  }

  async #cancel(line) {
    line.cancel.disabled = true;
    await this.desk.cancel(line.order);
    line.cancel.disabled = false;
  }

  #fills() {
    const shown = this.preferences.get("chart", {}).fills ?? true;
    const fills = shown ? this.account.fills.filter((fill) => fill.instrument === this.instrument.symbol).slice(0, MOST_FILLS) : [];
    const wanted = new Map(fills.map((fill) => [`${fill.trade_id}.${fill.order_id}`, fill]));
    for (const [key, id] of this.marks) {
      if (wanted.has(key)) continue;
      this.chart.chart.removeOverlay({ id });
      this.marks.delete(key);
    }
    const [first] = this.chart.chart.getDataList();
    if (!first) return;
    for (const [key, fill] of wanted) {
      if (this.marks.has(key) || momentOf(fill) < first.timestamp) continue;
      const point = { timestamp: this.#candleOf(momentOf(fill)), value: Number(fill.price) };
      this.marks.set(key, this.chart.chart.createOverlay({ name: "fillMark", groupId: "fills", lock: true, points: [point], extendData: fill.side }));
    }
  }

  /** Where the candle begins that a moment lies in. */
  #candleOf(moment) {
    const list = this.chart.chart.getDataList();
    let low = 0;
    let high = list.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (list[middle].timestamp <= moment) low = middle;
      else high = middle - 1;
    }
    return list[low].timestamp;
  }
}

/** What an order stands at: its limit price, else the price it waits for. */
const priceOf = (order) => order.price || order.trigger_price || "";
const momentOf = (fill) => (typeof fill.time === "number" || /^\d+$/.test(fill.time) ? Number(fill.time) : new Date(fill.time).getTime());

function registerMark() {
  window.klinecharts.registerOverlay({
    name: "fillMark", totalStep: 2,
    createPointFigures: ({ overlay, coordinates, chart }) => {
      const [{ x, y }] = coordinates;
      const buys = overlay.extendData === "buy";
      const { bar } = chart.getStyles().candle;
      const reach = buys ? 7 : -7;
      const color = buys ? bar.upColor : bar.downColor;
      return [{
        type: "polygon", ignoreEvent: true,
        attrs: { coordinates: [{ x, y: y + reach * 0.4 }, { x: x - 5, y: y + reach * 1.6 }, { x: x + 5, y: y + reach * 1.6 }] },
        styles: { style: "stroke_fill", color, borderColor: chart.getStyles().overlay.text.backgroundColor, borderSize: 1 },
      }];
    },
  });
}
