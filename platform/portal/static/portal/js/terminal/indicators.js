// Indicators on the chart: chosen in a dialog, with their parameters, and remembered.

import { $, el, put } from "../dom.js";
import { _, say } from "../text.js";
import { CANDLES } from "./chart.js";

// Drawn over the candles; all others have a pane of their own below.
const OVER = new Set(["MA", "EMA", "SMA", "BBI", "BOLL", "SAR", "AVP"]);
const WORDS = () => ({
  MA: _("Moving average"), EMA: _("Exponential moving average"), SMA: _("Smoothed moving average"),
  BBI: _("Bull and bear index"), BOLL: _("Bollinger bands"), SAR: _("Parabolic stop and reverse"),
  AVP: _("Average price"), VOL: _("Volume with averages"), MACD: _("Convergence of moving averages"),
  RSI: _("Relative strength"), KDJ: _("Stochastic, with J"), WR: _("Williams range"), CCI: _("Commodity channel"),
  DMI: _("Directional movement"), DMA: _("Difference of moving averages"), TRIX: _("Triple exponential average"),
  BRAR: _("Sentiment, BR and AR"), CR: _("Energy, CR"), VR: _("Volume ratio"), OBV: _("On-balance volume"),
  EMV: _("Ease of movement"), MTM: _("Momentum"), PSY: _("Psychological line"), ROC: _("Rate of change"),
  PVT: _("Price and volume trend"), AO: _("Awesome oscillator"), BIAS: _("Distance from the average"),
});
const FIRST = [{ name: "MA" }, { name: "VOL" }];
const MOST = 8; // panes of a height that can still be read

export class Indicators {
  constructor({ chart, preferences, root }) {
    Object.assign(this, { chart, preferences });
    this.dialog = $("#indicators");
    this.list = $("[data-indicators]", this.dialog);
    this.search = $("input[type=search]", this.dialog);
    this.button = $("[data-open=indicators]", root);
    this.words = WORDS();
    this.names = window.klinecharts.getSupportedIndicators().sort((a, b) => OVER.has(b) - OVER.has(a) || a.localeCompare(b));
    this.ids = new Map(); // name → id on the chart
    const chosen = preferences.get("chart", {}).indicators ?? FIRST;
    for (const { name, params } of chosen) if (this.names.includes(name)) this.#add(name, params);
    this.button.addEventListener("click", () => this.open());
    this.search.addEventListener("input", () => this.#filter());
    this.#build();
    this.#count();
  }

  open() {
    this.search.value = "";
    this.#filter();
    this.dialog.showModal();
    this.search.focus();
  }

  #add(name, params = null) {
    const over = OVER.has(name);
    const wanted = params?.length ? { name, calcParams: params } : { name };
    const id = this.chart.chart.createIndicator(over ? { ...wanted, paneId: CANDLES } : wanted, over);
    this.ids.set(name, id);
    const made = this.#on(name);
    if (!over && made) this.chart.chart.setPaneOptions({ id: made.paneId, height: 72, minHeight: 48 });
  }

  #on(name) { return this.chart.chart.getIndicators({ id: this.ids.get(name) })[0]; }

  #toggle(name, wanted) {
    if (wanted && !this.ids.has(name)) this.#add(name);
    if (!wanted && this.ids.has(name)) {
      this.chart.chart.removeIndicator({ id: this.ids.get(name) });
      this.ids.delete(name);
    }
    this.#keep();
    this.#drawRow(name);
    this.#count();
  }

  #keep() {
    const indicators = [...this.ids.keys()].map((name) => ({ name, params: [...(this.#on(name)?.calcParams ?? [])] }));
    this.preferences.update("chart", { indicators });
  }

  #build() {
    this.rows = new Map();
    for (const name of this.names) {
      const box = el("input", { type: "checkbox" });
      box.addEventListener("change", () => this.#toggle(name, box.checked));
      const params = el("div.params");
      const row = el("li", {}, el("label", {}, box, el("b", {}, name), el("span.faint", {}, this.words[name] ?? "")), params);
      this.rows.set(name, { row, box, params });
      this.list.append(row);
      this.#drawRow(name);
    }
  }

  #drawRow(name) {
    const { box, params } = this.rows.get(name);
    box.checked = this.ids.has(name);
    const made = box.checked ? this.#on(name) : null;
    const fields = (made?.calcParams ?? []).map((value, at) => {
      const field = el("input", { type: "number", min: "0", max: "1000", step: "any", "aria-label": say("Parameter %(number)s of %(name)s", { number: at + 1, name }) });
      field.value = value;
      field.addEventListener("change", () => this.#change(name, at, field));
      return field;
    });
    params.replaceChildren(...fields);
    params.hidden = !fields.length;
    for (const other of this.rows.values()) other.box.disabled = !other.box.checked && this.ids.size >= MOST;
  }


  #change(name, at, field) {
    const value = Number(field.value);
    const now = [...this.#on(name).calcParams];
    if (!field.value || !(value > 0) || value > 1_000) {
      field.value = now[at];
      return;
    }
    now[at] = value;
    this.chart.chart.overrideIndicator({ id: this.ids.get(name), name, calcParams: now });
    this.#keep();
  }

  #filter() {
    const wanted = this.search.value.trim().toLowerCase();
    for (const [name, { row }] of this.rows) row.hidden = !`${name} ${this.words[name] ?? ""}`.toLowerCase().includes(wanted);
  }

  #count() {
    put($(".count", this.button), this.ids.size ? String(this.ids.size) : "");
    put($("[data-out=indicators]", this.dialog), say("%(count)s of at most %(most)s chosen", { count: this.ids.size, most: MOST }));
  }
}
