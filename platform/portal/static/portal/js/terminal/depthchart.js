// The depth chart: how much the book holds down to each price, as two stairs on a canvas.

import { $, $$, put, schedule } from "../dom.js";
import { brief, group } from "../decimal.js";
import { _, say } from "../text.js";
import { fade, palette } from "./chartstyle.js";

const AXIS_PX = 22;
const MANY = 100; // of more levels only the nearer share is drawn: the far ones would press them together
const SHARE = 0.6;

export class DepthChart {
  constructor({ book, root, preferences, chart }) {
    Object.assign(this, { book, root, preferences });
    this.instrument = book.instrument;
    this.box = $(".depthchart", root);
    this.canvas = $("canvas", this.box);
    this.tip = $("output", this.box);
    this.pointer = null;
    this.draw = this.draw.bind(this);
    this.view = "candles";
    for (const button of $$("[data-chart-view]", root)) button.addEventListener("click", () => this.show(button.dataset.chartView));
    book.addEventListener("change", () => this.#soon());
    chart.addEventListener("restyle", () => { this.colours = null; this.#soon(); });
    new ResizeObserver(() => this.#soon()).observe(this.box);
    this.box.addEventListener("pointermove", (event) => {
      this.pointer = event.clientX - this.box.getBoundingClientRect().left;
      this.#soon();
    });
    this.box.addEventListener("pointerleave", () => { this.pointer = null; this.#soon(); });
    this.show(preferences.get("chart", {}).view ?? "candles", false);
  }

  show(view, remember = true) {
    this.view = view;
    this.root.dataset.shows = view;
    this.box.hidden = view !== "depth";
    for (const button of $$("[data-chart-view]", this.root)) button.setAttribute("aria-pressed", String(button.dataset.chartView === view));
    if (remember) this.preferences.update("chart", { view });
    this.#soon();
  }

  #soon() { if (this.view === "depth") schedule(this.draw); }

  draw() {
    const { clientWidth: width, clientHeight: height } = this.box;
    if (this.view !== "depth" || !width) return;
    const scale = window.devicePixelRatio || 1;
    if (this.canvas.width !== Math.round(width * scale) || this.canvas.height !== Math.round(height * scale)) {
      this.canvas.width = Math.round(width * scale);
      this.canvas.height = Math.round(height * scale);
    }
    const ctx = this.canvas.getContext("2d");
    ctx.setTransform(scale, 0, 0, scale, 0, 0);
    ctx.clearRect(0, 0, width, height);
    this.colours ??= palette();
    const bids = this.#stairs(this.book.bidLevels());
    const asks = this.#stairs(this.book.askLevels());
    if (!bids.length || !asks.length) {
      put(this.tip, _("The book is empty on one side."));
      return;
    }
    const middle = (bids[0].ticks + asks[0].ticks) / 2;
    const reach = Math.max(middle - bids[bids.length - 1].ticks, asks[asks.length - 1].ticks - middle, 1);
    const most = Math.max(Number(bids[bids.length - 1].sum), Number(asks[asks.length - 1].sum), 1);
    const x = (ticks) => width / 2 + ((ticks - middle) / reach) * (width / 2 - 8);
    const y = (sum) => (height - AXIS_PX) * (1 - (Number(sum) / most) * 0.92);
    const frame = { ctx, width, height, x, y };
    this.#axis(frame, middle, reach);
    this.#side(frame, bids, this.colours.up, 0);
    this.#side(frame, asks, this.colours.down, width);
    this.#read(frame, bids, asks, middle);
  }

  #stairs(levels) {
    const near = levels.length > MANY ? levels.slice(0, Math.ceil(levels.length * SHARE)) : levels;
    let sum = 0n;
    let quote = 0n;
    return near.map(([ticks, lots]) => {
      sum += lots;
      quote += this.instrument.notional(lots, ticks);
      return { ticks, sum, quote };
    });
  }

  #side({ ctx, height, x, y }, stairs, colour, edge) {
    const floor = height - AXIS_PX;
    ctx.beginPath();
    ctx.moveTo(x(stairs[0].ticks), floor);
    let before = floor;
    for (const { ticks, sum } of stairs) {
      ctx.lineTo(x(ticks), before);
      ctx.lineTo(x(ticks), (before = y(sum)));
    }
    ctx.lineTo(edge, before);
    ctx.strokeStyle = colour;
    ctx.lineWidth = 1.5;
    ctx.stroke();
    ctx.lineTo(edge, floor);
    ctx.closePath();
    ctx.fillStyle = fade(colour, 0.14);
    ctx.fill();
  }

  #axis({ ctx, width, height, x }, middle, reach) {
    ctx.font = `11px ${getComputedStyle(document.body).fontFamily}`;
    ctx.fillStyle = this.colours.faint;
    ctx.strokeStyle = this.colours.line;
    ctx.lineWidth = 1;
    ctx.beginPath();
    ctx.moveTo(0, height - AXIS_PX + 0.5);
    ctx.lineTo(width, height - AXIS_PX + 0.5);
    ctx.stroke();
    ctx.textBaseline = "middle";
    const places = width < 480 ? [-0.8, 0, 0.8] : [-0.8, -0.4, 0, 0.4, 0.8];
    for (const place of places) {
      const ticks = Math.max(1, Math.round(middle + reach * place));
      ctx.textAlign = "center";
      ctx.fillText(this.instrument.priceShown(ticks), x(ticks), height - AXIS_PX / 2);
    }
  }

  /** The price under the pointer with what the book holds up to it; without one, of all shown. */
  #read({ ctx, height, x, y }, bids, asks, middle) {
    const { instrument } = this;
    const amount = (stair) => `${instrument.quantityText(stair.sum)} ${instrument.base.code}`;
    const last = (stairs) => stairs[stairs.length - 1];
    if (this.pointer === null) {
      const words = say("Bids %(bids)s · asks %(asks)s", { bids: amount(last(bids)), asks: amount(last(asks)) });
      put(this.tip, words);
      this.canvas.setAttribute("aria-label", say("Depth chart. %(words)s", { words }));
      return;
    }
    const stairs = this.pointer < x(middle) ? bids : asks;
    let found = null;
    for (const stair of stairs) {
      if (stairs === bids ? x(stair.ticks) >= this.pointer : x(stair.ticks) <= this.pointer) found = stair;
      else break;
    }
    found ??= stairs[0];
    ctx.strokeStyle = this.colours.faint;
    ctx.setLineDash([3, 3]);
    ctx.beginPath();
    ctx.moveTo(x(found.ticks), 0);
    ctx.lineTo(x(found.ticks), height - AXIS_PX);
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.fillStyle = stairs === bids ? this.colours.up : this.colours.down;
    ctx.beginPath();
    ctx.arc(x(found.ticks), y(found.sum), 4, 0, 7);
    ctx.fill();
    const away = (Math.abs(found.ticks - middle) / middle) * 100;
    put(this.tip, say("%(price)s (%(away)s) · %(amount)s · %(worth)s", {
      price: instrument.priceShown(found.ticks), away: `${away.toFixed(2)} %`, amount: amount(found),
      worth: `${group(brief(found.quote, instrument.quote.scale, 2))} ${instrument.quote.code}`,
    }));
  }
}
