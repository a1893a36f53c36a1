// The terminal as its user arranges it: tiles shown, their sizes, density; how it behaves. A dialog
// sets it, edges between tiles are dragged or moved with the arrow keys, all of it is remembered.

import { $, $$ } from "../dom.js";
import { chime } from "./news.js";

const DEFAULTS = {
  hidden: [], density: "normal", entry_side: "right", book_px: null, entry_px: null, lists_px: null,
  confirm: false, undo: true, sound: false, toasts: true, keys: true,
};
// Which field an edge changes; by how much the pointer's way counts, and within what.
const EDGES = {
  book: { field: "book_px", across: "x", least: 180, most: 480, tile: ".t-book, .t-tape" },
  entry: { field: "entry_px", across: "x", least: 240, most: 480, tile: ".t-entry" },
  lists: { field: "lists_px", across: "y", least: 120, most: 620, tile: ".t-lists, .t-tape" },
};
const STEP = 16;

export class Layout {
  constructor({ root, preferences, ladder }) {
    Object.assign(this, { root, preferences, ladder });
    this.dialog = $("#settings");
    this.form = $("form", this.dialog);
    for (const opener of $$("[data-open=settings]")) opener.addEventListener("click", () => this.open());
    this.form.addEventListener("change", (event) => this.#read(event.target));
    $("[data-reset]", this.dialog).addEventListener("click", () => this.reset());
    $("[data-tools]", root).addEventListener("click", () => this.tools());
    for (const edge of $$("[data-edge]", root)) this.#edge(edge);
    preferences.addEventListener("change", ({ detail }) => {
      if (detail === "terminal" || detail === "chart") this.apply();
    });
    new ResizeObserver(() => this.#toasts()).observe($(".t-entry", root));
    this.apply();
  }

  /** Toasts stand beside the order entry: never over the button that sends. */
  #toasts() {
    const beside = this.settings.entry_side === "right" ? $(".t-entry", this.root).offsetWidth : 0;
    document.body.style.setProperty("--beside", `${beside}px`);
  }

  get settings() { return this.preferences.fields("terminal", DEFAULTS); }
  get chart() { return this.preferences.fields("chart", { orders: true, fills: true, tools: innerWidth > 900 }); }

  open() {
    this.#write();
    this.dialog.showModal();
  }

  /** As it is made: layout and behaviour; favourites, indicators and drawings stay. */
  reset() {
    this.preferences.forget("terminal");
    this.#write();
  }

  /** Drawing tools shown or not. */
  tools() { this.preferences.update("chart", { tools: !this.chart.tools }); }

  apply() {
    const { hidden, density, entry_side: side, book_px: book, entry_px: entry, lists_px: lists } = this.settings;
    const { root } = this;
    const gone = (name) => hidden.includes(name);
    root.dataset.hidden = hidden.join(" ");
    root.dataset.density = density;
    root.dataset.entrySide = side;
    const left = gone("chart") && gone("lists") ? "0px" : "minmax(0, 1fr)";
    const middle = gone("book") && gone("tape") ? "0px" : left === "0px" ? "minmax(0, 1fr)" : book ? `${book}px` : "var(--book-wide)";
    const right = gone("entry") ? "0px" : entry ? `${entry}px` : "var(--entry-wide)";
    root.style.setProperty("--columns", side === "left" ? `${right} ${left} ${middle}` : `${left} ${middle} ${right}`);
    root.style.setProperty("--below", lists ? `${lists}px` : "minmax(11rem, 1fr)");
    const { tools } = this.chart;
    root.dataset.toolbar = tools ? "shown" : "hidden";
    $("[data-tools]", root).setAttribute("aria-pressed", String(tools));
    this.ladder.measure();
    this.#toasts();
    for (const node of $$("[data-edge]", root)) node.setAttribute("aria-valuenow", String(this.#sizeOf(EDGES[node.dataset.edge])));
  }

  #write() {
    const { settings, form } = this;
    for (const field of form.elements) {
      if (field.name === "hidden") field.checked = !settings.hidden.includes(field.value);
      else if (field.name.startsWith("chart.")) field.checked = this.chart[field.name.slice(6)];
      else if (field.type === "checkbox") field.checked = settings[field.name];
      else if (field.type === "radio") field.checked = field.value === settings[field.name];
    }
  }

  #read(field) {
    if (field.name === "hidden") {
      const hidden = $$("[name=hidden]", this.form).filter((box) => !box.checked).map((box) => box.value);
      this.preferences.update("terminal", { hidden });
    } else if (field.name.startsWith("chart.")) {
      this.preferences.update("chart", { [field.name.slice(6)]: field.checked });
    } else {
      this.preferences.update("terminal", { [field.name]: field.type === "checkbox" ? field.checked : field.value });
      if (field.name === "sound" && field.checked) chime("buy"); // so that it is known what comes
    }
  }

  #sizeOf({ across, tile }) {
    const shown = $$(tile, this.root).find((node) => node.clientHeight);
    if (!shown) return 0;
    const { width, height } = shown.getBoundingClientRect();
    return Math.round(across === "x" ? width : height);
  }

  #edge(node) {
    const edge = EDGES[node.dataset.edge];
    const set = (size) => {
      const within = Math.max(edge.least, Math.min(edge.most, Math.round(size)));
      this.preferences.update("terminal", { [edge.field]: within });
    };
    // Tiles grow against the pointer's way where they stand behind their edge.
    const sign = () => (edge.field === "entry_px" && this.settings.entry_side === "left" ? 1 : -1);
    node.setAttribute("aria-valuemin", String(edge.least));
    node.setAttribute("aria-valuemax", String(edge.most));
    node.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!step) return;
      event.preventDefault();
      set(this.#sizeOf(edge) + step * STEP * sign());
    });
    node.addEventListener("dblclick", () => this.preferences.update("terminal", { [edge.field]: null }));
    node.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      node.setPointerCapture(event.pointerId);
      const begun = edge.across === "x" ? event.clientX : event.clientY;
      const size = this.#sizeOf(edge);
      const move = (moved) => set(size + ((edge.across === "x" ? moved.clientX : moved.clientY) - begun) * sign());
      const end = () => {
        node.removeEventListener("pointermove", move);
        node.removeEventListener("lostpointercapture", end);
      };
      node.addEventListener("pointermove", move);
      node.addEventListener("lostpointercapture", end);
    });
  }
}
