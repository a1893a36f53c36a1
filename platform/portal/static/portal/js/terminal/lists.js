// The lists under the chart: open orders, order history, fills, balances.

import { $, $$, el, icon, put, schedule } from "../dom.js";
import { group } from "../decimal.js";
import { _, minuteText, momentText, say } from "../text.js";
import { pad } from "./market.js";
import { openTwins } from "./bracket.js";
import { OrderEdit, isReplaceable } from "./editing.js";
import { rate } from "./reckoning.js";
import { listText, statusBadge, typeText } from "./status.js";

export class Lists {
  constructor({ account, desk, root, instruments, here, preferences }) {
    Object.assign(this, { account, desk, root, here, preferences });
    this.instruments = new Map(instruments.map((instrument) => [instrument.symbol, instrument]));
    this.cancelling = new Set();
    this.edit = null; // the row in which an order is being changed
    this.draw = this.draw.bind(this);
    for (const name of ["orders", "fills", "balances"]) account.addEventListener(name, () => schedule(this.draw));
    this.#tabs();
    this.#cancelAll();
    this.only = $("[name=lists_here]", root);
    this.only.checked = preferences.get("terminal", {}).lists_here ?? false;
    this.only.addEventListener("change", () => {
      preferences.update("terminal", { lists_here: this.only.checked });
      this.draw();
    });
    this.draw();
  }

  #tabs() {
    const tabs = $$("[role=tab]", this.root);
    const choose = (tab) => {
      for (const other of tabs) {
        const chosen = other === tab;
        other.setAttribute("aria-selected", String(chosen));
        other.tabIndex = chosen ? 0 : -1;
        document.getElementById(other.getAttribute("aria-controls")).hidden = !chosen;
      }
    };
    for (const [index, tab] of tabs.entries()) {
      tab.addEventListener("click", () => choose(tab));
      tab.addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!step) return;
        const next = tabs[(index + step + tabs.length) % tabs.length];
        choose(next);
        next.focus();
      });
    }
  }

  #cancelAll() {
    this.allButton = $("[data-cancel-all]", this.root);
    const dialog = document.getElementById("cancel-all");
    this.allButton.addEventListener("click", () => this.askCancelAll());
    $("form", dialog).addEventListener("submit", () => this.desk.cancelAll($("[name=which]:checked", dialog).value || null));
  }

  /** Asks which open orders to cancel, if there are any. */
  askCancelAll() {
    if (!this.account.orders.size) return;
    const dialog = document.getElementById("cancel-all");
    const here = [...this.account.orders.values()].some((order) => order.instrument === this.here);
    for (const choice of $$("[name=which]", dialog)) {
      choice.disabled = choice.value !== "" && !here;
      choice.checked = choice.value === "" ? !this.only.checked || !here : this.only.checked && here;
    }
    dialog.showModal();
  }

  draw() {
    const { account } = this;
    if (this.edit && !account.orders.has(this.edit.orderId)) this.edit = null; // it has ended meanwhile
    // Newest first; the orders of one list together, in the order in which they follow each other.
    const group = (order) => Number(order.list_id ?? order.order_id);
    const wanted = (row) => !this.only.checked || row.instrument === this.here;
    const open = [...account.orders.values()].filter(wanted).sort((a, b) => group(b) - group(a) || Number(a.order_id) - Number(b.order_id));
    put($("[data-count=open]", this.root), account.loaded ? String(open.length) : "");
    this.allButton.hidden = account.orders.size === 0;
    this.#fill("open", open, (order) => this.#openRow(order), _("No open orders"), _("Orders that rest in the book or wait for their price are listed here."));
    this.#fill("past", account.past.filter(wanted), (order) => this.#pastRow(order), _("No past orders"), _("Filled, cancelled and expired orders are listed here."));
    this.#fill("fills", account.fills.filter(wanted), (fill) => this.#fillRow(fill), _("No fills yet"), _("Each part of an order that trades is listed here."));
    const balances = [...account.balances.values()].filter((balance) => Number(balance.booked) !== 0);
    this.#fill("balances", balances, (balance) => this.#balanceRow(balance), _("No funds yet"), _("Once your account is credited, balances are listed here."));
  }

  #fill(name, items, row, title, text) {
    const body = $(`[data-rows=${name}]`, this.root);
    const empty = $(`[data-empty=${name}]`, this.root);
    const loaded = this.account.loaded;
    const rows = items.map(row);
    // A row that is being typed in stays where it is: taken out it would lose the cursor.
    const kept = rows.find((node) => node.parentNode === body);
    if (kept) {
      for (const node of [...body.children]) if (node !== kept) node.remove();
      const at = rows.indexOf(kept);
      kept.before(...rows.slice(0, at));
      kept.after(...rows.slice(at + 1));
    } else body.replaceChildren(...rows);
    body.closest("table").hidden = !items.length;
    empty.hidden = items.length > 0;
    put($("strong", empty), loaded ? title : _("Loading…"));
    put($("p", empty), loaded ? text : "");
  }

  #price(symbol, text) {
    return text ? group(pad(text, this.instruments.get(symbol)?.price_places ?? 0)) : _("Market");
  }

  /** An average has more decimals than a price; two more than the tick's are shown. */
  #average(order) {
    const places = (this.instruments.get(order.instrument)?.price_places ?? 0) + 2;
    const [whole, fraction = ""] = order.average_price.split(".");
    return this.#price(order.instrument, `${whole}.${fraction.slice(0, places)}`);
  }

  #quantity(symbol, text) { return pad(text ?? "0", this.instruments.get(symbol)?.quantity_places ?? 0); }

  #openRow(order) {
    if (this.edit?.orderId === String(order.order_id)) return this.edit.row;
    const share = Number(order.quantity) ? Number(order.filled_quantity) / Number(order.quantity) : 0;
    const bar = el("i");
    bar.style.setProperty("--share", share);
    const busy = this.cancelling.has(order.order_id);
    const twins = openTwins(order, this.account.orders);
    const cancel = el("button.icon-button", {
      type: "button", disabled: busy, "aria-label": say("Cancel order %(id)s", { id: order.order_id }), title: twins.length ? _("Cancel, and with it what depends on it") : _("Cancel"),
      onclick: () => this.#cancel(order),
    }, icon("x"));
    const change = !isReplaceable(order, this.account.orders) ? null : el("button.icon-button", {
      type: "button", disabled: busy, "aria-label": say("Change order %(id)s", { id: order.order_id }), title: _("Change price or amount"),
      onclick: () => this.#change(order),
    }, icon("pencil"));
    return el(`tr${twins.length ? ".linked" : ""}`, {}, ...this.#lead(order, typeText(order), this.#condition(order)),
      cell(_("Price"), this.#price(order.instrument, order.price)),
      cell(_("Amount"), this.#quantity(order.instrument, order.quantity)),
      cell(_("Filled"), this.#quantity(order.instrument, order.filled_quantity), el("span.fillbar", {}, bar)),
      cell(_("Time"), momentText(order.created_at), null, "faint"),
      el("td.end.act", {}, change, cancel));
  }

  /** What an order waits for, until when it is good and how much it shows; null if there is no such thing. */
  #condition(order) {
    const words = [];
    const pends = order.status === "pending";
    if (pends) words.push(say("comes once order %(id)s is filled", { id: order.list_id }));
    if (pends || order.status === "waiting") {
      const sign = order.trigger_when === "at_or_above" ? "≥" : "≤";
      const price = order.trigger_price ? this.#price(order.instrument, order.trigger_price) : null;
      if (order.trigger_time > Date.now()) words.push(say("not before %(time)s", { time: minuteText(order.trigger_time) }));
      if (order.trailing_distance_bp) words.push(...this.#trailing(order, sign));
      else if (price) words.push(pends ? `${sign} ${price}` : say("waiting for %(sign)s %(price)s", { sign, price }));
      if (order.trigger_source === "mark") words.push(_("mark price"));
      if (order.trigger_source === "index") words.push(_("index price"));
    }
    if (order.expires_at) words.push(say("until %(time)s", { time: minuteText(order.expires_at) }));
    if (order.display_quantity) words.push(say("showing %(quantity)s at a time", { quantity: this.#quantity(order.instrument, order.display_quantity) }));
    return words.length ? el("small.condition", {}, words.join(" · ")) : null;
  }

  /** How a trailing stop follows: its distance, and its stop price now or from where it follows. */
  #trailing(order, sign) {
    const words = [say("%(percent)s behind", { percent: rate(BigInt(order.trailing_distance_bp) * 100n) })];
    if (order.trigger_price) {
      words.push(say("stop now %(sign)s %(price)s", { sign, price: this.#price(order.instrument, order.trigger_price) }));
      if (order.extreme_price) words.push(say("best %(price)s", { price: this.#price(order.instrument, order.extreme_price) }));
    } else if (order.activation_price) {
      words.push(say("follows from %(price)s", { price: this.#price(order.instrument, order.activation_price) }));
    }
    return words;
  }

  #change(order) {
    const done = () => {
      this.edit = null;
      this.draw();
    };
    this.edit = new OrderEdit(order, { lead: this.#lead(order), save: (changes) => this.desk.replace(order, changes), done });
    this.draw();
    this.edit.price.select();
  }

  async #cancel(order) {
    this.cancelling.add(order.order_id);
    this.draw();
    await this.desk.cancel(order);
    this.cancelling.delete(order.order_id);
    this.draw();
  }

  #pastRow(order) {
    const ended = order.ended_by_order_id
      ? el("small.condition", {}, say("ended by order %(id)s", { id: order.ended_by_order_id })) : null;
    return el("tr", {}, ...this.#lead(order, typeText(order), ended),
      cell(_("Price"), this.#price(order.instrument, order.price)),
      cell(_("Average"), order.average_price && Number(order.average_price) ? this.#average(order) : "–"),
      cell(_("Filled"), `${this.#quantity(order.instrument, order.filled_quantity)}${Number(order.quantity) ? ` / ${this.#quantity(order.instrument, order.quantity)}` : ""}`),
      el("td.end", { "data-label": _("Status") }, statusBadge(order.status)),
      cell(_("Time"), momentText(order.updated_at), null, "faint"));
  }

  #fillRow(fill) {
    return el("tr", {}, ...this.#lead(fill),
      cell(_("Price"), this.#price(fill.instrument, fill.price)),
      cell(_("Amount"), this.#quantity(fill.instrument, fill.quantity)),
      cell(_("Fee"), `${group(fill.fee)} ${fill.fee_asset}`),
      cell(_("Role"), fill.liquidity === "maker" ? _("Maker") : _("Taker")),
      cell(_("Time"), momentText(fill.time), null, "faint"));
  }

  #balanceRow(balance) {
    return el("tr", {}, el("td.lead", {}, el("strong", {}, balance.asset)),
      cell(_("Available"), group(balance.available)), cell(_("Held by orders"), group(balance.held)), cell(_("Booked"), group(balance.booked)));
  }

  #lead(row, kind = "", condition = null) {
    const side = el(`span.side.${row.side}`, {}, row.side === "buy" ? _("Buy") : _("Sell"));
    const list = row.list_type ? [" ", el("span.badge", {}, listText(row))] : [];
    return [el("td.lead", {}, el("strong", {}, row.instrument), " ", side, ...(kind ? [" ", el("span.faint", {}, kind)] : []), ...list, condition)];
  }
}

function cell(label, text, extra = null, kind = "") {
  return el(`td.end.num${kind ? `.${kind}` : ""}`, { "data-label": label }, extra ? el("span", {}, text, extra) : text);
}
