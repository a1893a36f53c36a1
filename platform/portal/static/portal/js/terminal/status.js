// Words and colours for the states of an order.

import { el } from "../dom.js";
import { _ } from "../text.js";

const WORDS = () => ({
  open: [_("Open"), "info"], partially_filled: [_("Partly filled"), "info"], filled: [_("Filled"), "good"],
  canceled: [_("Cancelled"), ""], expired: [_("Expired"), ""], expired_in_match: [_("Expired in match"), "warn"],
});

export function statusBadge(status) {
  const [word, kind] = WORDS()[status] ?? [status, ""];
  return el(`span.badge${kind ? `.${kind}` : ""}`, {}, word);
}
