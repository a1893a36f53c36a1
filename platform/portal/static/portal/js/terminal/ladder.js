// The book on the page: grouped levels with bars of their sums, own orders marked.

import { $, $$, el, put, schedule } from "../dom.js";
import { format } from "../decimal.js";
import { _, say } from "../text.js";
import { grouped } from "./book.js";

const STEPS = [1, 5, 10, 50, 100, 500, 1_000, 5_000, 10_000, 50_000, 100_000];
const WIDEST = 100; // a row never takes together more than a hundredth of the price

export class Ladder {
  /** `pick(priceText, side)` is called when a level is chosen. */
  constructor({ book, root, account, preferences, pick }) {
    Object.assign(this, { book, account, preferences, pick });
    this.instrument = book.instrument;
    this.rowPx = 20; // until `measure`
    this.asks = $(".asks", root);
    this.bids = $(".bids", root);
    this.middle = $("[data-spread]", root);
    this.rows = { asks: [], bids: [] };
    this.veil = $(".veil", root);
    this.root = root;
    this.group = $("[name=group]", root);
    this.draw = this.draw.bind(this);
    const { book_groups: groups, book_view: view } = preferences.fields("terminal", { book_groups: {}, book_view: "both" });
    this.step = groups[this.instrument.symbol] ?? 1;
    this.#look(view);
    this.#listen();
    book.addEventListener("change", () => schedule(this.draw));
    account?.addEventListener("orders", () => this.#mine());
    this.#mine();
    new ResizeObserver(() => this.measure()).observe($(".ladder", root));
  }

  /** How high a row is now: density and the width of the window decide it. */
  measure() {
    this.rowPx = parseFloat(getComputedStyle(this.root).getPropertyValue("--row")) || this.rowPx;
    schedule(this.draw);
  }

  #listen() {
    this.group.addEventListener("change", () => this.regroup(Number(this.group.value)));
    for (const button of $$("[data-book-view]", this.root)) {
      button.addEventListener("click", () => {
        this.#look(button.dataset.bookView);
        this.preferences.update("terminal", { book_view: button.dataset.bookView });
      });
    }
    this.preferences.addEventListener("change", ({ detail }) => {
      if (detail !== "terminal") return;
      const { book_groups: groups, book_view: view } = this.preferences.fields("terminal", { book_groups: {}, book_view: "both" });
      if (view !== this.view) this.#look(view);
      const step = groups[this.instrument.symbol] ?? 1;
      if (step !== this.step) this.regroup(step, false);
    });
  }

  /** How many ticks one row takes together. */
  regroup(step, remember = true) {
    this.step = step;
    this.group.value = String(step);
    if (remember) {
      const { book_groups: groups } = this.preferences.fields("terminal", { book_groups: {} });
      this.preferences.update("terminal", { book_groups: { ...groups, [this.instrument.symbol]: step } });
    }
    this.#mine();
  }

  #look(view) {
    this.view = view;
    this.root.dataset.bookShows = view;
    for (const button of $$("[data-book-view]", this.root)) button.setAttribute("aria-pressed", String(button.dataset.bookView === view));
    schedule(this.draw);
  }

  /** Rows in which an own order rests. */
  #mine() {
    const rows = (side, round) => new Set((this.account?.ticksOf(this.instrument, side) ?? []).map((ticks) => round(ticks / this.step) * this.step));
    this.mine = { bids: rows("buy", Math.floor), asks: rows("sell", Math.ceil) };
    schedule(this.draw);
  }

  /** The steps that make sense at this price, once it is known. */
  #steps(ticks) {
    if (this.offered || !ticks) return;
    this.offered = true;
    const steps = STEPS.filter((step) => step === 1 || step * WIDEST <= ticks);
    if (!steps.includes(this.step)) this.step = 1;
    this.group.replaceChildren(...steps.map((step) => el("option", { value: String(step), selected: step === this.step }, this.instrument.priceShown(step))));
    this.group.disabled = false;
  }

  draw() {
    this.veil.hidden = this.book.ready || this.book.bids.size + this.book.asks.size > 0;
    const asks = this.book.askLevels();
    const bids = this.book.bidLevels();
    this.#steps(bids[0]?.[0] ?? asks[0]?.[0]);
    const fit = (half) => Math.max(1, Math.floor(half.clientHeight / this.rowPx));
    const shownAsks = this.view === "bids" ? [] : grouped(asks, this.step, "asks", fit(this.asks));
    const shownBids = this.view === "asks" ? [] : grouped(bids, this.step, "bids", fit(this.bids));
    const last = (levels) => (levels.length ? levels[levels.length - 1].sum : 0n);
    const most = last(shownAsks) > last(shownBids) ? last(shownAsks) : last(shownBids);
    this.#fill("asks", shownAsks.reverse(), most);
    this.#fill("bids", shownBids, most);
    this.#spread(asks[0]?.[0], bids[0]?.[0]);
  }

  #fill(name, levels, most) {
    const rows = this.rows[name];
    const half = this[name];
    while (rows.length < levels.length) rows.push(this.#row(half, name));
    while (rows.length > levels.length) rows.pop().node.remove();
    for (const [index, level] of levels.entries()) {
      const row = rows[index];
      if (row.ticks !== level.ticks) {
        row.ticks = level.ticks;
        row.price.textContent = this.instrument.priceShown(level.ticks);
      }
      if (row.lots !== level.lots) row.quantity.textContent = this.instrument.quantityText((row.lots = level.lots));
      if (row.total !== level.sum) row.sum.textContent = this.instrument.quantityText((row.total = level.sum));
      const share = most ? Number((level.sum * 1000n) / most) / 1000 : 0;
      if (row.share !== share) row.bar.style.transform = `scaleX(${(row.share = share)})`;
      const mine = this.mine[name].has(level.ticks);
      if (row.mine !== mine) {
        row.mine = mine;
        row.node.classList.toggle("mine", mine);
        row.node.title = mine ? _("You have an order at this price") : "";
        put(row.mark, mine ? _("Own order") : "");
      }
    }
  }

  #row(half, name) {
    const row = { price: el("span.price"), quantity: el("span"), sum: el("span.sum"), bar: el("i.bar"), mark: el("span.visually-hidden") };
    row.node = el("button.ladder-row.num", { type: "button", tabindex: "-1" }, row.price, row.quantity, row.sum, row.bar, row.mark);
    row.node.addEventListener("click", () => this.pick(this.instrument.priceText(row.ticks), name === "asks" ? "buy" : "sell"));
    half.append(row.node);
    return row;
  }

  #spread(ask, bid) {
    if (ask === undefined || bid === undefined) {
      put(this.middle, "");
      return;
    }
    const units = BigInt(ask - bid) * this.instrument.tickUnits;
    const bp = ((ask - bid) / ((ask + bid) / 2)) * 10_000;
    put(this.middle, say("Spread %(spread)s · %(bp)s bp", {
      spread: format(units, this.instrument.quote.scale, this.instrument.pricePlaces), bp: bp.toFixed(2),
    }));
  }
}
