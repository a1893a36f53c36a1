// Orders that come with another one: a take-profit and a stop-loss attached to an order (OTO, with
// both OTOCO). Pure: it knows neither page nor network.

import { _, say } from "../text.js";
import { bandText, isOutsideBand, readDistance, stepOfPrice } from "./reckoning.js";

/**
 * What the two prices of a bracket amount to. `form`: {instrument, side (of the order they are
 * attached to), take, stop, trail (texts; with a distance in percent the stop trails), source (whose
 * price fires the stop), lots, ticks (its price, or the last one), last (ticks)}.
 *
 * Returns {takeTicks, stopTicks, trailBp, source, lots, problem: {field, message}}; what is not given
 * is null.
 * `lots` is what is sold again of what a buying order brings after its fee. Whatever fires the stop,
 * it stands on the losing side of the order's price: what comes behind its price fires at once.
 */
export function readBracket({ instrument, side, take, stop, trail, source, lots, ticks, last }) {
  const result = { takeTicks: null, stopTicks: null, trailBp: null, source, lots: null, problem: null };
  const fail = (field, message) => Object.assign(result, { problem: { field, message } });
  if (trail.trim()) {
    const [distance, problem] = readDistance(instrument, trail);
    if (problem) return fail("trail", problem);
    result.trailBp = distance;
  } else if (!take.trim() && !stop.trim()) return fail("take", _("Enter a take-profit or a stop-loss price, or both."));
  for (const [field, text] of [["take", take], ["stop", stop]]) {
    if (!text.trim() || (field === "stop" && result.trailBp !== null)) continue;
    const at = instrument.ticksOf(text);
    if (!at) return fail(field, stepOfPrice(instrument));
    result[`${field}Ticks`] = at;
    const above = (field === "take") === (side === "buy");
    if (ticks && (above ? at <= ticks : at >= ticks)) {
      const words = { price: instrument.priceShown(ticks) };
      return fail(field, above ? say("This price must be above %(price)s.", words) : say("This price must be below %(price)s.", words));
    }
  }
  if (result.takeTicks !== null && last && isOutsideBand(instrument, result.takeTicks, last)) return fail("take", bandText(instrument));
  if (lots === null) return fail("amount", say("With a take-profit or stop-loss, give the amount in %(asset)s.", { asset: instrument.base.code }));
  result.lots = lots;
  if (side === "buy") {
    const ppm = instrument.takerPpm > instrument.makerPpm ? instrument.takerPpm : instrument.makerPpm;
    const got = lots * instrument.lotUnits;
    result.lots = (got - instrument.fee(got, ppm)) / instrument.lotUnits;
  }
  if (result.lots < instrument.minLots || result.lots <= 0n) {
    return fail("amount", say("What is left after the fee is less than the smallest order, %(least)s.", {
      least: `${instrument.quantityText(instrument.minLots)} ${instrument.base.code}`,
    }));
  }
  return result;
}

/** The list request of an order with a bracket that `readBracket` read. */
export function withBracket(order, bracket, instrument) {
  const { instrument: symbol, client_order_id, ...first } = order;
  const common = {
    side: order.side === "buy" ? "sell" : "buy", quantity: instrument.quantityText(bracket.lots),
    self_trade_prevention: order.self_trade_prevention,
  };
  const stops = { ...common, time_in_force: "IOC", trigger_source: bracket.source };
  const legs = [];
  if (bracket.takeTicks !== null) legs.push({ ...common, type: "limit", time_in_force: "GTC", price: instrument.priceText(bracket.takeTicks) });
  if (bracket.trailBp !== null) legs.push({ ...stops, type: "trailing_stop", trailing_distance_bp: Number(bracket.trailBp) });
  if (bracket.stopTicks !== null) legs.push({ ...stops, type: "stop", trigger_price: instrument.priceText(bracket.stopTicks) });
  return { type: legs.length === 2 ? "otoco" : "oto", instrument: symbol, client_list_id: client_order_id, orders: [first, ...legs] };
}

/** The other orders of an order's list that are open. */
export const openTwins = (order, orders) => (order.linked_order_ids ?? []).filter((id) => orders.has(String(id)));
