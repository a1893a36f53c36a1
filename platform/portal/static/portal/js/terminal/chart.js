// The candle chart (klinecharts, vendored): past candles over REST, the running one over the stream.

import { $, $$ } from "../dom.js";
import { _ } from "../text.js";

const PERIODS = {
  "1m": { type: "minute", span: 1 }, "5m": { type: "minute", span: 5 }, "30m": { type: "minute", span: 30 },
  "1h": { type: "hour", span: 1 }, "4h": { type: "hour", span: 4 }, "1d": { type: "day", span: 1 },
  "1w": { type: "week", span: 1 },
};
const ON_CANDLES = new Set(["MA", "EMA", "BOLL"]);

export class Chart {
  constructor(instrument, stream, root) {
    this.instrument = instrument;
    this.stream = stream;
    this.root = root;
    this.box = $("#chart", root);
    this.veil = $(".veil", root);
    this.frame = remembered("chart.frame", "1m");
    if (!(this.frame in PERIODS)) this.frame = "1m";
    this.indicators = new Set(JSON.parse(remembered("chart.indicators", '["MA","VOL"]')));
    this.ids = new Map();
    this.#build();
  }

  #build() {
    const { klinecharts } = window;
    this.chart = klinecharts.init(this.box, { locale: document.documentElement.lang.startsWith("zh") ? "zh-CN" : "en-US" });
    this.chart.setStyles(this.#styles());
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
    for (const name of this.indicators) this.#add(name);
    for (const button of $$("[data-frame]", this.root)) {
      button.addEventListener("click", () => this.#choose(button.dataset.frame));
    }
    for (const button of $$("[data-indicator]", this.root)) {
      button.addEventListener("click", () => this.#toggle(button.dataset.indicator));
    }
    this.#press();
    new ResizeObserver(() => { if (this.box.clientHeight) this.chart.resize(); }).observe(this.box);
    document.addEventListener("themechange", () => this.chart.setStyles(this.#styles()));
    this.stream.addEventListener("state", () => { if (this.stream.live && this.lost) this.chart.resetData(); this.lost = !this.stream.live; });
  }

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
      return callback(candles, { forward: candles.length >= 500, backward: false });
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

  #choose(frame) {
    this.frame = frame;
    localStorage.setItem("chart.frame", frame);
    this.#press();
    this.chart.setPeriod(PERIODS[frame]);
  }

  #toggle(name) {
    if (this.indicators.has(name)) {
      this.indicators.delete(name);
      this.chart.removeIndicator({ id: this.ids.get(name) });
    } else {
      this.indicators.add(name);
      this.#add(name);
    }
    localStorage.setItem("chart.indicators", JSON.stringify([...this.indicators]));
    this.#press();
  }

  #add(name) {
    const onCandles = ON_CANDLES.has(name);
    const id = this.chart.createIndicator(onCandles ? { name, paneId: "candle_pane" } : { name }, onCandles);
    this.ids.set(name, id);
    if (!onCandles) {
      const made = this.chart.getIndicators({ id })[0];
      if (made) this.chart.setPaneOptions({ id: made.paneId, height: 72, minHeight: 48 });
    }
  }

  #press() {
    for (const button of $$("[data-frame]", this.root)) button.setAttribute("aria-pressed", String(button.dataset.frame === this.frame));
    for (const button of $$("[data-indicator]", this.root)) button.setAttribute("aria-pressed", String(this.indicators.has(button.dataset.indicator)));
  }

  #veil(text) {
    this.veil.textContent = text;
    this.veil.hidden = !text;
  }

  #styles() {
    const [up, down, line, faint, text, surface, accent, second, info, warn] = [
      "--up", "--down", "--line", "--faint", "--text", "--overlay", "--accent", "--second", "--info", "--warn",
    ].map(painted);
    const narrow = matchMedia("(max-width: 640px)").matches;
    const family = getComputedStyle(document.body).fontFamily;
    const bars = { upColor: up, downColor: down, noChangeColor: faint };
    const small = { size: 11, family, color: faint };
    const tag = { color: text, backgroundColor: surface, borderColor: line, borderSize: 1, size: 11, family };
    const lines = [accent, second, info, warn, up].map((color) => ({ color, size: 1 }));
    const legend = { title: { size: 11, family, color: faint }, legend: { size: 11, family, color: faint } };
    return {
      grid: { horizontal: { color: line, style: "dashed" }, vertical: { show: false } },
      candle: {
        bar: { ...bars, upBorderColor: up, downBorderColor: down, noChangeBorderColor: faint, upWickColor: up, downWickColor: down, noChangeWickColor: faint },
        priceMark: { high: { color: faint, textFamily: family }, low: { color: faint, textFamily: family }, last: { ...bars, text: { size: 11, family } } },
        tooltip: { ...legend, title: { show: false }, showRule: narrow ? "follow_cross" : "always" },
      },
      indicator: {
        bars: [{ upColor: fade(up), downColor: fade(down), noChangeColor: fade(faint) }],
        lines, ohlc: bars, tooltip: { ...legend, showRule: narrow ? "follow_cross" : "always" },
      },
      xAxis: { axisLine: { color: line }, tickLine: { color: line }, tickText: small },
      yAxis: { axisLine: { show: false, color: line }, tickLine: { show: false, color: line }, tickText: small },
      separator: { color: line, activeBackgroundColor: fade(accent) },
      crosshair: {
        horizontal: { line: { color: faint }, text: tag },
        vertical: { line: { color: faint }, text: tag },
      },
    };
  }
}

function bar([timestamp, open, high, low, close, volume]) {
  // Floats are right here: a chart draws pixels. What is sent never comes from it.
  return { timestamp: Number(timestamp), open: Number(open), high: Number(high), low: Number(low), close: Number(close), volume: Number(volume) };
}

const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
/** A token as "rgb(r, g, b)", whatever colour function it is written in. */
function painted(token) {
  const probe = document.createElement("span");
  probe.style.color = `var(${token})`;
  document.body.append(probe);
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = getComputedStyle(probe).color;
  canvas.fillRect(0, 0, 1, 1);
  probe.remove();
  const [r, g, b] = canvas.getImageData(0, 0, 1, 1).data;
  return `rgb(${r}, ${g}, ${b})`;
}
const fade = (colour) => colour.replace("rgb(", "rgba(").replace(")", ", 0.45)");

function remembered(name, otherwise) {
  return localStorage.getItem(name) ?? otherwise;
}
