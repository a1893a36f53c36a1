// Finding an instrument: an overlay with favourites, last prices and the last day's course.

import { $, $$, el, icon, put } from "../dom.js";
import { _, say } from "../text.js";
import { showTicker } from "./market.js";

const HOURS = 24;
const FRESH_MS = 60_000;
const TOGETHER = 4; // requests under way at once
const SVG = "http://www.w3.org/2000/svg";

export class Search {
  constructor({ instruments, here, tickers, preferences, opener }) {
    Object.assign(this, { instruments, here, preferences });
    this.dialog = $("#search");
    this.field = $("input", this.dialog);
    this.list = $("ul", this.dialog);
    this.told = $("[role=status]", this.dialog);
    this.nothing = $("[data-nothing]", this.dialog);
    this.only = false; // favourites only
    this.drawn = new Map(); // symbol → when its course was drawn
    this.queue = [];
    this.busy = 0;
    this.rows = new Map(instruments.map((one) => [one.symbol, this.#row(one)]));
    this.seen = new IntersectionObserver((entries) => {
      for (const entry of entries) if (entry.isIntersecting) this.#wish(entry.target.dataset.symbol);
    }, { root: this.list });
    for (const { row } of this.rows.values()) this.seen.observe(row);
    tickers.addEventListener("tickers", ({ detail }) => {
      for (const ticker of detail) {
        const found = this.rows.get(ticker.instrument);
        if (found) showTicker(found.link, ticker);
      }
    });
    opener.addEventListener("click", () => this.open());
    this.#listen();
    this.#sort();
  }

  open() {
    this.field.value = "";
    this.#sort();
    this.dialog.showModal();
    this.field.focus();
  }

  get favourites() { return this.preferences.get("favourites", []); }

  /** Makes an instrument a favourite, or one no longer. */
  toggle(symbol) {
    const favourites = this.favourites;
    this.preferences.set("favourites", favourites.includes(symbol) ? favourites.filter((one) => one !== symbol) : [...favourites, symbol]);
    this.#stars();
  }

  #row({ symbol, base, quote, name, price_places: places }) {
    const star = el("button.icon-button.star", { type: "button", "aria-pressed": "false", onclick: () => this.toggle(symbol) }, icon("star"));
    const course = document.createElementNS(SVG, "svg");
    course.setAttribute("class", "course");
    course.setAttribute("viewBox", "0 0 96 28");
    course.setAttribute("aria-hidden", "true");
    course.append(document.createElementNS(SVG, "polyline"));
    const link = el("a", { href: `/trade/${encodeURIComponent(symbol)}`, "data-places": String(places), "aria-current": symbol === this.here ? "page" : null },
      el("span.who", {}, el("strong", {}, `${base}/${quote}`), el("small.faint", {}, name)),
      course, el("span.num", { "data-field": "last" }, "–"), el("span.change", { "data-field": "change" }, "–"));
    const row = el("li.found", { "data-symbol": symbol }, star, link);
    return { row, link, star, course, words: `${symbol} ${base}/${quote} ${base}${quote} ${name}`.toLowerCase() };
  }

  #listen() {
    this.field.addEventListener("input", () => this.#sort());
    this.field.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        event.preventDefault();
        this.#choose(this.at + step);
      } else if (event.key === "Enter") {
        event.preventDefault();
        const symbol = this.shown[this.at];
        if (symbol) location.assign(this.rows.get(symbol).link.href);
      }
    });
    for (const button of $$("[data-only]", this.dialog)) {
      button.addEventListener("click", () => {
        this.only = button.dataset.only === "favourites";
        this.#sort();
        this.field.focus();
      });
    }
    // A click beside the list closes it, as with any menu.
    this.dialog.addEventListener("click", (event) => { if (event.target === this.dialog) this.dialog.close(); });
  }

  #stars() {
    const favourites = this.favourites;
    for (const [symbol, { star }] of this.rows) {
      const is = favourites.includes(symbol);
      star.setAttribute("aria-pressed", String(is));
      star.setAttribute("aria-label", is ? say("%(symbol)s is a favourite", { symbol }) : say("Make %(symbol)s a favourite", { symbol }));
    }
  }

  /** Favourites first, in their order; then all others as listed. */
  #sort() {
    const wanted = this.field.value.trim().toLowerCase();
    const favourites = this.favourites;
    const all = this.instruments.map(({ symbol }) => symbol);
    const ordered = [...favourites.filter((symbol) => this.rows.has(symbol)), ...all.filter((symbol) => !favourites.includes(symbol))];
    this.shown = ordered.filter((symbol) => this.rows.get(symbol).words.includes(wanted) && (!this.only || favourites.includes(symbol)));
    this.list.replaceChildren(...this.shown.map((symbol) => this.rows.get(symbol).row));
    for (const button of $$("[data-only]", this.dialog)) button.setAttribute("aria-pressed", String((button.dataset.only === "favourites") === this.only));
    this.nothing.hidden = this.shown.length > 0;
    put(this.nothing, this.only && !favourites.length ? _("No favourites yet: a star makes one.") : _("No instrument is called that."));
    this.#stars();
    this.#choose(0);
  }

  #choose(at) {
    this.at = Math.max(0, Math.min(at, this.shown.length - 1));
    for (const [index, symbol] of this.shown.entries()) {
      const { row } = this.rows.get(symbol);
      row.classList.toggle("chosen", index === this.at);
      if (index === this.at) row.scrollIntoView({ block: "nearest" });
    }
    const words = { symbol: this.shown[this.at], at: this.at + 1, count: this.shown.length };
    put(this.told, this.shown.length ? say("%(symbol)s, %(at)s of %(count)s. Enter opens it.", words) : "");
  }

  // The course of a row is asked for once it is seen, some at a time.
  #wish(symbol) {
    if (Date.now() - (this.drawn.get(symbol) ?? 0) < FRESH_MS) return;
    this.drawn.set(symbol, Date.now());
    this.queue.push(symbol);
    this.#next();
  }

  async #next() {
    if (this.busy >= TOGETHER || !this.queue.length) return;
    const symbol = this.queue.shift();
    this.busy += 1;
    try {
      const answer = await fetch(`/api/v1/candles/${encodeURIComponent(symbol)}?interval=1h&limit=${HOURS}`, { credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      const body = await answer.json();
      drawCourse(this.rows.get(symbol).course, (body.candles ?? body.results ?? body).map((candle) => Number(candle[4])));
    } catch {
      this.drawn.delete(symbol); // the next time it is seen
    }
    this.busy -= 1;
    this.#next();
  }
}

/** Closing prices as a line in an <svg viewBox="0 0 96 28">. */
function drawCourse(svg, closes) {
  const points = closes.length === 1 ? [closes[0], closes[0]] : closes;
  const low = Math.min(...points);
  const span = Math.max(...points) - low || 1;
  const text = points.map((close, at) => `${((at * 94) / (points.length - 1) + 1).toFixed(1)},${(26 - ((close - low) / span) * 24).toFixed(1)}`).join(" ");
  svg.firstElementChild.setAttribute("points", text);
  svg.classList.toggle("up", points[points.length - 1] > points[0]);
  svg.classList.toggle("down", points[points.length - 1] < points[0]);
}
