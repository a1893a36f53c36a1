// The candle chart (klinecharts, vendored): past candles over REST, the running one over the stream.
// What is shown on it (frame, kind of bars, axis) is remembered.

import { $, $$ } from "../dom.js";
import { _, timeZone } from "../text.js";
import { stylesOf } from "./chartstyle.js";

const PERIODS = {
  "1m": { type: "minute", span: 1 }, "5m": { type: "minute", span: 5 }, "15m": { type: "minute", span: 15 }, "30m": { type: "minute", span: 30 },
  "1h": { type: "hour", span: 1 }, "4h": { type: "hour", span: 4 }, "1d": { type: "day", span: 1 },
  "1w": { type: "week", span: 1 },
};
export const CANDLES = "candle_pane";
const DEFAULTS = { frame: "1m", bars: "candle_solid", axis: "normal" };

export class Chart extends EventTarget {
  constructor({ instrument, stream, root, preferences }) {
    super();
    Object.assign(this, { instrument, stream, root, preferences });
    this.box = $("#chart", root);
    this.veil = $(".veil", this.box);
    const { frame, bars, axis } = preferences.fields("chart", DEFAULTS);
    this.frame = frame in PERIODS ? frame : DEFAULTS.frame;
    this.bars = $(`[name=bars] option[value="${bars}"]`, root) ? bars : DEFAULTS.bars;
    this.axis = axis;
    this.#build();
  }

  #build() {
    this.chart = window.klinecharts.init(this.box, {
      locale: document.documentElement.lang.startsWith("zh") ? "zh-CN" : "en-US", hotkey: { enabled: false },
    });
    if (timeZone) this.chart.setTimezone(timeZone); // else it shows times in the browser's, as pages do
    this.chart.setStyles(stylesOf(this.bars));
    this.chart.setSymbol({
      ticker: this.instrument.symbol, pricePrecision: this.instrument.pricePlaces,
      volumePrecision: Math.min(this.instrument.quantityPlaces, 4),
    });
    this.chart.setDataLoader({
      getBars: (request) => this.#load(request),
      subscribeBar: ({ callback }) => this.#follow(callback),
      unsubscribeBar: () => this.#leave(),
    });
    this.chart.setPeriod(PERIODS[this.frame]);
    if (this.axis !== "normal") this.#setAxis();
    for (const button of $$("[data-frame]", this.root)) {
      button.addEventListener("click", () => this.choose(button.dataset.frame));
    }
    const bars = $("[name=bars]", this.root);
    const axis = $("[name=axis]", this.root);
    bars.value = this.bars;
    axis.value = this.axis;
    bars.addEventListener("change", () => {
      this.bars = bars.value;
      this.preferences.update("chart", { bars: this.bars });
      this.restyle();
    });
    axis.addEventListener("change", () => {
      this.axis = axis.value;
      this.preferences.update("chart", { axis: this.axis });
      this.#setAxis();
    });
    this.#press();
    new ResizeObserver(() => { if (this.box.clientHeight) this.chart.resize(); }).observe(this.box);
    document.addEventListener("themechange", () => this.restyle());
    this.stream.addEventListener("state", () => {
      if (this.stream.live && this.lost) this.chart.resetData();
      this.lost = !this.stream.live;
    });
  }

  restyle() {
    this.chart.setStyles(stylesOf(this.bars));
    this.dispatchEvent(new Event("restyle"));
  }

  /** Another time frame, by its name: "1h". */
  choose(frame) {
    if (frame === this.frame) return;
    this.frame = frame;
    this.preferences.update("chart", { frame });
    this.#press();
    this.chart.setPeriod(PERIODS[frame]);
    this.dispatchEvent(new Event("frame"));
  }

  #setAxis() { this.chart.overrideYAxis({ paneId: CANDLES, name: this.axis }); }

  async #load({ type, timestamp, callback }) {
    const frame = this.frame;
    const query = new URLSearchParams({ interval: frame, limit: "500" });
    // klinecharts says "forward" for older candles; newer ones come over the stream.
    if (type === "backward" || (type === "forward" && !timestamp)) return callback([], false);
    if (type === "forward") query.set("before", String(timestamp));
    try {
      const answer = await fetch(`/api/v1/candles/${this.instrument.symbol}?${query}`, { credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      const body = await answer.json();
      if (frame !== this.frame) return undefined;
      const candles = (body.candles ?? body.results ?? body).map(bar);
      this.#veil(candles.length || type !== "init" ? "" : _("No trades yet. The first trade draws the first candle."));
      callback(candles, { forward: candles.length >= 500, backward: false });
      if (type === "init") this.dispatchEvent(new Event("loaded"));
      return undefined;
    } catch {
      this.#veil(type === "init" ? _("The chart could not be loaded. It tries again when the connection is back.") : "");
      this.lost = true;
      return callback([], false);
    }
  }

  #follow(callback) {
    this.channel = `candles:${this.instrument.symbol}:${this.frame}`;
    this.stream.subscribe(this.channel, (message) => {
      for (const candle of message.candles) callback(bar(candle));
      if (message.candles.length) this.#veil("");
    });
  }

  #leave() {
    if (this.channel) this.stream.unsubscribe(this.channel);
    this.channel = null;
  }

  #press() {
    for (const button of $$("[data-frame]", this.root)) button.setAttribute("aria-pressed", String(button.dataset.frame === this.frame));
  }

  #veil(text) {
    this.veil.textContent = text;
    this.veil.hidden = !text;
  }

  /** Pixels from the top of the candles' pane at which a price lies; null while there is none. */
  yOf(price) {
    const { y } = this.chart.convertToPixel({ value: price }, { paneId: CANDLES });
    return Number.isFinite(y) ? y : null;
  }

  /** The price, a float for drawing only, at a height of the candles' pane. */
  priceAt(y) {
    const [{ value }] = this.chart.convertFromPixel([{ x: 0, y }], { paneId: CANDLES });
    return Number.isFinite(value) ? value : null;
  }

  /** Where in the chart's box the candles' pane stands: {left, top, width, height}. */
  pane() { return this.chart.getSize(CANDLES, "main"); }
}

function bar([timestamp, open, high, low, close, volume]) {
  // Floats are right here: a chart draws pixels. What is sent never comes from it.
  return { timestamp: Number(timestamp), open: Number(open), high: Number(high), low: Number(low), close: Number(close), volume: Number(volume) };
}
