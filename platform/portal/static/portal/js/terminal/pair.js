// Two orders of which one cancels the other (OCO): a limit order, and beside it a stop, a stop limit
// or a trailing stop. Pure: it knows neither page nor network.

import { _, say } from "../text.js";
import { bandText, isOutsideBand, readDistance, readTrigger, stepOfPrice, worthText } from "./reckoning.js";

/** The order types of a pair's stop, by what becomes of it when its price comes. */
const STOPS = { market: "stop", limit: "stop_limit", trailing: "trailing_stop" };

/**
 * What the stop of a pair amounts to. `form`: {instrument, side, way ("market", "limit": sent on at a
 * price of its own, "trailing"), source, trigger, limit, distance (texts), last (ticks), ticks (the
 * limit order's price), lots; null where not known}.
 *
 * Returns {type, source, triggerTicks, limitTicks, distanceBp, problem: {field, message}}; what is not
 * given is null.
 */
export function readStop({ instrument, side, way, source, trigger, limit, distance, last, ticks, lots }) {
  const result = { type: STOPS[way], source, triggerTicks: null, limitTicks: null, distanceBp: null, problem: null };
  const fail = (field, message) => Object.assign(result, { problem: { field, message } });
  if (way === "trailing") {
    const [distanceBp, problem] = readDistance(instrument, distance);
    if (problem) return fail("distance", problem);
    result.distanceBp = distanceBp;
  } else {
    const problem = readTrigger({ instrument, side, kind: "stop", trigger, source, last, begins: null }, result);
    if (problem) return fail("trigger", problem);
  }
  if (way === "limit") {
    if (!limit.trim()) return fail("stop_limit", _("Enter the limit price of the stop order."));
    result.limitTicks = instrument.ticksOf(limit);
    if (!result.limitTicks) return fail("stop_limit", stepOfPrice(instrument));
    if (last && isOutsideBand(instrument, result.limitTicks, last)) return fail("stop_limit", bandText(instrument));
  }
  // Where a trailing stop will be when it fires nobody knows: it may stand beside any price.
  const stop = result.triggerTicks;
  if (ticks && stop !== null && (side === "buy" ? ticks >= stop : ticks <= stop)) {
    return fail("price", side === "buy" ? _("The price must be below the stop.") : _("The price must be above the stop."));
  }
  // The exchange measures each of the two: at its limit price, or else at the last one.
  const priced = result.limitTicks ?? last;
  const problem = lots && priced ? worthText(instrument, instrument.notional(lots, priced)) : null;
  return problem ? fail("amount", problem) : result;
}

/** The list request of a limit order and the stop that `readStop` read. */
export function oco(order, stop, instrument) {
  const { instrument: symbol, client_order_id, ...limit } = order;
  const { side, quantity, self_trade_prevention, time_in_force, expire_time } = order;
  const other = { side, quantity, self_trade_prevention, type: stop.type, trigger_source: stop.source };
  if (stop.triggerTicks !== null) other.trigger_price = instrument.priceText(stop.triggerTicks);
  if (stop.limitTicks !== null) other.price = instrument.priceText(stop.limitTicks);
  if (stop.distanceBp !== null) other.trailing_distance_bp = Number(stop.distanceBp);
  if (expire_time) Object.assign(other, { expire_time, time_in_force: "GTD" });
  else other.time_in_force = stop.limitTicks !== null ? time_in_force : "IOC";
  return { type: "oco", instrument: symbol, client_list_id: client_order_id, orders: [limit, other] };
}
