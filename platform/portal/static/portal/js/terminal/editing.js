// Changing price and open amount of a resting order in its own row of the list.

import { typed } from "../decimal.js";
import { el, icon } from "../dom.js";
import { _, say } from "../text.js";
import { openTwins } from "./bracket.js";

/** Whether an order can be replaced: it rests in the book at a price, and no order of its list is
 *  open beside it. */
export const isReplaceable = (order, orders) =>
  !["waiting", "pending"].includes(order.status) && Boolean(order.price) && !openTwins(order, orders).length;

export class OrderEdit {
  /** `save(changes)` resolves to whether it was accepted; `done()` when the row is no more needed. */
  constructor(order, { lead, save, done }) {
    this.orderId = String(order.order_id);
    this.price = field("price", order.price, say("New price of order %(id)s", { id: order.order_id }));
    this.amount = field("remaining", order.remaining_quantity, say("New open amount of order %(id)s", { id: order.order_id }));
    const ok = el("button.icon-button", { type: "button", "aria-label": _("Save the change"), title: _("Save the change"), "data-save": true }, icon("check"));
    const close = el("button.icon-button", { type: "button", "aria-label": _("Leave it as it is"), title: _("Leave it as it is"), onclick: done }, icon("x"));
    const send = async () => {
      const changes = {};
      if (plain(this.price.value) !== plain(order.price)) changes.price = plain(this.price.value);
      if (plain(this.amount.value) !== plain(order.remaining_quantity)) changes.remaining_quantity = plain(this.amount.value);
      if (!Object.keys(changes).length) return done();
      ok.disabled = close.disabled = true;
      if (await save(changes)) return done();
      ok.disabled = close.disabled = false;
      this.price.focus();
    };
    ok.addEventListener("click", send);
    this.row = el("tr.editing", {
      onkeydown: (event) => {
        if (event.key === "Enter" && event.target.tagName === "INPUT") send();
        else if (event.key === "Escape") done();
      },
    }, ...lead,
      el("td.end.num", { "data-label": _("Price") }, this.price),
      el("td.end.num", { "data-label": _("Open amount"), title: _("What is open from now on"), colspan: "2" }, this.amount),
      el("td.end", {}),
      el("td.end.act", {}, ok, close));
  }
}

function field(name, value, label) {
  const input = el("input", { name, inputmode: "decimal", autocomplete: "off", "aria-label": label });
  input.value = plain(value);
  return input;
}

/** Decimal text without thousands marks and trailing zeros. */
function plain(text) {
  const clean = typed(text);
  return clean.includes(".") ? clean.replace(/0+$/, "").replace(/\.$/, "") : clean;
}
