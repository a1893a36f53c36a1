// Drawing on the chart: lines, channels, Fibonacci, shapes and notes, remembered for each instrument.

import { $, $$, el, icon } from "../dom.js";
import { _ } from "../text.js";

const MOST = 200; // as the server keeps
const POINTS = 200;

/** Name in the chart library → icon and words of its button. */
const TOOLS = () => [
  ["segment", "trending-up", _("Trend line")], ["rayLine", "move-up-right", _("Ray")],
  ["straightLine", "slash", _("Straight line")], ["horizontalStraightLine", "minus", _("Horizontal line")],
  ["verticalStraightLine", "separator-vertical", _("Vertical line")], ["priceLine", "tag", _("Price line")],
  ["parallelStraightLine", "equal", _("Parallel channel")], ["fibonacciLine", "rows-4", _("Fibonacci retracement")],
  ["area", "square", _("Rectangle")], ["brush", "brush", _("Brush")], ["note", "type", _("Text")],
];

export class Drawing {
  constructor({ chart, preferences, root }) {
    Object.assign(this, { chart, preferences, root });
    this.bar = $(".drawbar", root);
    this.dialog = $("#note");
    this.magnet = preferences.get("chart", {}).magnet ?? false;
    this.tool = null; // what is being drawn
    this.chosen = null; // id of the drawing that was clicked
    this.ids = new Set();
    registerShapes();
    this.#buttons();
    this.#dialog();
    // Their places in time are known once there are candles.
    chart.addEventListener("loaded", () => this.#restore(), { once: true });
  }

  /** Begins to draw; again the same tool: ends it. */
  start(name) {
    const again = this.tool === name;
    this.stop();
    if (again || this.ids.size >= MOST) return;
    this.tool = name;
    this.drawing = this.chart.chart.createOverlay(this.#create(name, {
      onDrawEnd: ({ overlay }) => {
        this.drawing = null;
        this.ids.add(overlay.id);
        this.#end();
        if (name === "note") this.#ask(overlay);
        else this.#keep();
      },
    }));
    this.#press();
  }

  /** Leaves what is being drawn. */
  stop() {
    if (this.drawing) this.chart.chart.removeOverlay({ id: this.drawing });
    this.drawing = null;
    this.#end();
  }

  /** Removes the drawing that was clicked, else nothing; whether there was one. */
  removeChosen() {
    if (!this.chosen) return false;
    this.chart.chart.removeOverlay({ id: this.chosen });
    this.ids.delete(this.chosen);
    this.chosen = null;
    this.#keep();
    return true;
  }

  clear() {
    this.stop();
    for (const id of this.ids) this.chart.chart.removeOverlay({ id });
    this.ids.clear();
    this.chosen = null;
    this.#keep();
  }

  #end() {
    this.tool = null;
    this.#press();
  }

  #create(name, events, more = {}) {
    return {
      name, groupId: "drawings", mode: this.magnet ? "strong_magnet" : "normal",
      onSelected: ({ overlay }) => { this.chosen = overlay.id; this.#press(); },
      onDeselected: ({ overlay }) => {
        if (this.chosen !== overlay.id) return;
        this.chosen = null;
        this.#press();
      },
      onPressedMoveEnd: () => this.#keep(),
      onDoubleClick: ({ overlay }) => { if (overlay.name === "note") this.#ask(overlay); },
      ...events, ...more,
    };
  }

  #restore() {
    for (const { name, points, text = "", locked = false } of this.preferences.get("drawings", [])) {
      const id = this.chart.chart.createOverlay(this.#create(name, {}, { points: points.map((point) => ({ ...point })), extendData: text, lock: locked }));
      if (id) this.ids.add(id);
    }
    this.#press();
  }

  #keep() {
    const all = this.chart.chart.getOverlays({ groupId: "drawings" }).filter((overlay) => this.ids.has(overlay.id));
    const drawings = all.map((overlay) => {
      const drawing = { name: overlay.name, points: thin(overlay.points).map(place) };
      if (overlay.extendData) drawing.text = String(overlay.extendData).slice(0, 200);
      return drawing;
    });
    this.preferences.set("drawings", drawings);
    this.#press();
  }

  #buttons() {
    const button = (name, picture, words, act, more = {}) => el("button.icon-button", { type: "button", "data-draw": name, title: words, "aria-label": words, onclick: act, ...more }, icon(picture));
    this.bar.append(
      ...TOOLS().map(([name, picture, words]) => button(name, picture, words, () => this.start(name), { "aria-pressed": "false" })),
      el("hr"),
      button("magnet", "magnet", _("Snap to candles"), () => this.#snap(), { "aria-pressed": String(this.magnet) }),
      button("erase", "eraser", _("Remove the chosen drawing"), () => this.removeChosen(), { disabled: true }),
      button("clear", "trash-2", _("Remove all drawings"), () => $("#clear-drawings").showModal(), { disabled: true }),
    );
    $("form", $("#clear-drawings")).addEventListener("submit", () => this.clear());
  }

  #snap() {
    this.magnet = !this.magnet;
    for (const id of this.ids) this.chart.chart.overrideOverlay({ id, mode: this.magnet ? "strong_magnet" : "normal" });
    this.preferences.update("chart", { magnet: this.magnet });
    this.#press();
  }

  #press() {
    for (const button of $$("[aria-pressed]", this.bar)) {
      const name = button.dataset.draw;
      button.setAttribute("aria-pressed", String(name === "magnet" ? this.magnet : name === this.tool));
    }
    $("[data-draw=erase]", this.bar).disabled = !this.chosen;
    $("[data-draw=clear]", this.bar).disabled = !this.ids.size;
    this.root.classList.toggle("drawing", this.tool !== null);
  }

  // The words of a note. Left empty, there is no note.
  #dialog() {
    const field = $("[name=note]", this.dialog);
    this.dialog.addEventListener("close", () => {
      const text = this.dialog.returnValue === "keep" ? field.value.trim() : "";
      const { id, extendData } = this.asked;
      if (text) this.chart.chart.overrideOverlay({ id, extendData: text });
      else if (!extendData) {
        this.chart.chart.removeOverlay({ id });
        this.ids.delete(id);
      }
      this.#keep();
    });
  }

  #ask(overlay) {
    this.asked = overlay;
    this.dialog.returnValue = "";
    $("[name=note]", this.dialog).value = overlay.extendData || "";
    this.dialog.showModal();
  }
}

const place = ({ timestamp, value }) => {
  const point = {};
  if (Number.isFinite(timestamp)) point.timestamp = Math.round(timestamp);
  if (Number.isFinite(value)) point.value = value;
  return point;
};

/** A brush has a point for each pixel: as many as are kept, evenly. */
function thin(points) {
  if (points.length <= POINTS) return points;
  return Array.from({ length: POINTS }, (_none, at) => points[Math.round((at * (points.length - 1)) / (POINTS - 1))]);
}

function registerShapes() {
  const { klinecharts } = window;
  klinecharts.registerOverlay({
    name: "area", totalStep: 3, needDefaultPointFigure: true, needDefaultXAxisFigure: true, needDefaultYAxisFigure: true,
    styles: { polygon: { style: "stroke_fill" } },
    createPointFigures: ({ coordinates }) => {
      if (coordinates.length < 2) return [];
      const [a, b] = coordinates;
      return [{ type: "polygon", attrs: { coordinates: [a, { x: b.x, y: a.y }, b, { x: a.x, y: b.y }] }, styles: { style: "stroke_fill" } }];
    },
  });
  klinecharts.registerOverlay({
    name: "note", totalStep: 2, needDefaultPointFigure: true,
    createPointFigures: ({ overlay, coordinates }) => {
      const text = overlay.extendData ? String(overlay.extendData) : "…";
      return [{ type: "text", attrs: { x: coordinates[0].x + 8, y: coordinates[0].y, text, align: "left", baseline: "middle" } }];
    },
  });
}
