// Why an order was refused, in the reader's language. The server's own sentence stands in for
// codes that are not here; its number and code are the API's.

import { _ } from "./text.js";

const WORDS = () => ({
  OVERLOADED: _("The exchange is very busy. Nothing was done; try again in a moment."),
  ACCOUNT_SUSPENDED: _("Your account is suspended. Write to support."),
  ACCOUNT_CANCEL_ONLY: _("Your account may only cancel orders just now. Write to support."),
  INSTRUMENT_HALTED: _("Trading in this instrument is halted."),
  INSTRUMENT_CANCEL_ONLY: _("Only cancelling is possible in this instrument just now."),
  INSTRUMENT_CLOSED: _("Trading is closed until the next session."),
  NOT_FOR_AUCTION: _("An auction is under way: it takes limit orders that can wait for its end."),
  SESSION_OVER: _("Today's session is over: a DAY order would end at once."),
  BELOW_MINIMUM_QUANTITY: _("The amount is below the smallest order."),
  ABOVE_MAXIMUM_QUANTITY: _("The amount is above the largest order. Split it."),
  OUTSIDE_PRICE_BAND: _("The price is too far from the market. Choose a nearer one."),
  BELOW_MINIMUM_NOTIONAL: _("The order is worth less than the smallest one allowed."),
  ABOVE_MAXIMUM_NOTIONAL: _("The order is worth more than the largest one allowed. Split it."),
  INSUFFICIENT_FUNDS: _("Not enough available funds. Make the order smaller or cancel another one."),
  POST_ONLY_WOULD_TAKE: _("Post-only: at this price the order would trade at once. Choose a price that waits in the book."),
  TRIGGER_WOULD_FIRE: _("The price has reached the trigger already. Choose one that lies ahead, or trade at once."),
  BAD_TRAILING_DISTANCE: _("Enter a distance from 0.01 % to 50 %."),
  BAD_ACTIVATION_PRICE: _("That activation price is not possible in this instrument."),
  BAD_LIMIT_OFFSET: _("That limit offset is not possible in this instrument."),
  BAD_TRIGGER_TIME: _("Choose a time that lies ahead, by a year at most."),
  BAD_EXPIRY: _("The time until which the order is good must lie ahead."),
  BAD_DISPLAY_QUANTITY: _("What is shown must be at least the smallest order and less than the amount."),
  TOO_MANY_REFRESHES: _("The order would be shown in too many parts. Show more at a time."),
  NOTHING_TO_CHANGE: _("The order is like that already."),
  BAD_ORDER_LIST: _("These prices do not go together: a stop lies on the other side of the market than the price."),
  ORDER_IS_LINKED: _("The order depends on another one that is open. Cancel both and place them anew."),
  BAD_PRICE: _("That price is not possible in this instrument."),
  BAD_QUANTITY: _("That amount is not possible in this instrument."),
  UNKNOWN_ORDER: _("There is no such open order any more."),
  ORDER_ALREADY_CLOSED: _("The order has ended already."),
  NOT_SIGNED_IN: _("Your session has ended. Sign in again."),
  RATE_LIMITED: _("Too many requests. Nothing was done; wait a moment."),
  ENGINE_UNAVAILABLE: _("The exchange is not answering just now. Nothing was sent; try again in a moment."),
});

/** The sentence for a RequestFailure that was refused. */
export function reason(failure) {
  return WORDS()[failure.code] ?? [failure.message, failure.help].filter(Boolean).join(" ");
}
