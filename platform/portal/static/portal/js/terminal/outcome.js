// What became of an order, in words, with a way back where there is one.

import { el, icon } from "../dom.js";
import { group } from "../decimal.js";
import { reason } from "../refusals.js";
import { _, say } from "../text.js";
import { toast } from "../toast.js";

/** Adds a button to a toast that takes back what it tells of. */
export function offer(node, words, act) {
  const button = el("button.button.plain.small.undo", { type: "button", onclick: () => { node.remove(); act(); } }, icon("undo-2"), words);
  node.children[1].append(button);
  return node;
}

/** Tells how sending went; `undo(order)` is offered while the order is open, null if it never is. */
export function report({ outcome, order, failure, asked }, undo) {
  if (asked) {
    toast("good", _("Your order arrived"), say("Order %(id)s was accepted.", { id: order.order_id }));
  } else if (outcome === "accepted") {
    accepted(order, undo);
  } else if (outcome === "refused") {
    toast("bad", _("Order refused"), reason(failure));
  } else if (outcome === "not_arrived") {
    toast("bad", _("Your order did not arrive"), _("Nothing was placed. You can send it again."));
  } else if (outcome === "unknown") {
    toast("bad", _("It is not known whether your order arrived"), _("Sign in again and look at your orders before you send another one."));
  } else if (outcome === "not_sent") {
    toast("bad", _("Order not sent"), _("There is no connection. Nothing was sent."));
  }
}

function accepted(order, undo) {
  const words = {
    open: _("Order is in the book"), partially_filled: _("Order is partly filled"), filled: null,
    expired: _("Order expired unfilled"), expired_in_match: _("Order ended to avoid trading with yourself"),
    canceled: _("Order was cancelled"), waiting: order?.trigger_time ? _("Order waits for its time") : _("Order waits for its price"),
  };
  if (order?.list_type === "oco") words.open = _("Both orders are in place");
  if (Number(order?.filled_quantity)) words.expired = _("Order filled in part, the rest expired");
  const title = words[order?.status];
  if (!title) return;
  const node = toast(order.status.startsWith("expired") ? "warn" : "good", title, summary(order));
  if (undo && ["open", "partially_filled", "waiting"].includes(order.status)) offer(node, _("Undo"), () => undo(order));
}

export function summary(order) {
  const quantity = order.quantity ? `${order.quantity} ` : "";
  const price = order.price ? ` @ ${group(order.price)}` : "";
  return `${order.side === "buy" ? _("Buy") : _("Sell")} ${quantity}${order.instrument}${price}`;
}
