// Trading by keyboard: single keys, never while typing, and a sheet that tells them. They can be
// turned off (WCAG 2.1.4).

import { $, el } from "../dom.js";
import { _ } from "../text.js";

// A box that was ticked keeps the focus and takes no letters.
const TYPING = "input:not([type=checkbox], [type=radio]), select, textarea, [role=separator]";
const FRAMES = ["1m", "5m", "15m", "30m", "1h", "4h", "1d", "1w"];

export class Keys {
  constructor({ entry, chart, depth, drawing, search, indicators, layout, preferences, cancelAll }) {
    this.preferences = preferences;
    this.sheet = $("#keys");
    const amount = () => $("[name=amount]").focus();
    // Key → [words, act]; what needs a signed-in customer is left out for visitors.
    this.keys = new Map(Object.entries({
      "/": [_("Find an instrument"), () => search.open()],
      b: [_("Buy"), () => entry.setSide("buy")],
      s: [_("Sell"), () => entry.setSide("sell")],
      l: [_("Limit order"), () => entry.setKind("limit")],
      m: [_("Market order"), () => entry.setKind("market")],
      a: [_("To the amount"), amount],
      p: [_("To the price"), () => entry.toPrice()],
      q: [_("A quarter of what is available"), () => entry.takeShare(25n)],
      h: [_("Half of it"), () => entry.takeShare(50n)],
      w: [_("All of it"), () => entry.takeShare(100n)],
      Enter: [_("Send the order"), null],
      x: [_("Cancel all open orders"), cancelAll],
      d: [_("Candles or depth"), () => depth.show(depth.view === "depth" ? "candles" : "depth")],
      i: [_("Indicators"), () => indicators.open()],
      t: [_("Drawing tools"), () => layout.tools()],
      Delete: [_("Remove the chosen drawing"), () => drawing.removeChosen()],
      Escape: [_("Leave what is being drawn"), () => drawing.stop()],
      ...Object.fromEntries(FRAMES.map((frame, at) => [String(at + 1), [frame, () => chart.choose(frame)]])),
      "?": [_("This list"), () => this.open()],
    }));
    document.addEventListener("keydown", (event) => this.#press(event));
    this.#fill();
  }

  open() { this.sheet.showModal(); }

  #press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.closest(TYPING) || $("dialog[open]")) return;
    if (event.key === "Enter" || (event.key === "Delete" && event.target.closest(".orderline"))) return; // theirs
    // Without single keys these two stay: they do nothing by accident.
    const always = event.key === "Escape" || event.key === "Delete";
    if (!always && !(this.preferences.get("terminal", {}).keys ?? true)) return;
    const found = this.keys.get(event.key.length === 1 ? event.key.toLowerCase() : event.key);
    if (!found?.[1]) return;
    event.preventDefault();
    found[1]();
  }

  #fill() {
    const rows = [...this.keys].filter(([key]) => !/^\d$/.test(key)).map(([key, [words]]) => el("div", {}, el("dt", {}, el("kbd", {}, key)), el("dd", {}, words)));
    rows.push(el("div", {}, el("dt", {}, el("kbd", {}, "1"), "–", el("kbd", {}, "8")), el("dd", {}, _("Time frames, from a minute to a week"))));
    $("dl", this.sheet).replaceChildren(...rows);
  }
}
