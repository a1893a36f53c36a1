// Words for the types of an order, words and colours for its states.

import { el } from "../dom.js";
import { _ } from "../text.js";

const WORDS = () => ({
  open: [_("Open"), "info"], partially_filled: [_("Partly filled"), "info"], filled: [_("Filled"), "good"],
  canceled: [_("Cancelled"), ""], expired: [_("Expired"), ""], expired_in_match: [_("Expired in match"), "warn"],
  waiting: [_("Waiting"), "warn"], pending: [_("Pending"), "warn"], rejected: [_("Rejected"), "bad"],
});

export function statusBadge(status) {
  const [word, kind] = WORDS()[status] ?? [status, ""];
  return el(`span.badge${kind ? `.${kind}` : ""}`, {}, word);
}

/** The type of an order where it is worth a word: a plain limit order is told by its price. */
export function typeText(order) {
  const words = {
    stop: _("Stop"), stop_limit: _("Stop limit"), take_profit: _("Take profit"), take_profit_limit: _("Take-profit limit"),
    trailing_stop: _("Trailing stop"), trailing_stop_limit: _("Trailing stop limit"),
  };
  return words[order.type] ?? "";
}

/** What the list of an order is called; "" where it belongs to none. */
export const listText = (order) => ({ oco: _("OCO"), oto: _("Bracket"), otoco: _("Bracket") })[order.list_type] ?? "";
