// What the fields of an order amount to, worked out with the instrument's own rules in the same
// integers the engine uses. Pure: it knows neither page nor network.

import { brief, group, parse } from "../decimal.js";
import { sweep } from "../instrument.js";
import { _, say } from "../text.js";

/** The order types of the form, and for those that wait what they are sent on as. */
export const TYPES = {
  limit: { limit: "limit" },
  market: { market: "market" },
  stop: { limit: "stop_limit", market: "stop" },
  take_profit: { limit: "take_profit_limit", market: "take_profit" },
  trailing: { limit: "trailing_stop_limit", market: "trailing_stop" },
  oco: { limit: "limit" },
};

/** Whether an order of that kind waits for a price to rise to its trigger. */
export const waitsForRise = (kind, side) => (kind !== "take_profit") === (side === "buy");

/** Whether an order of that kind waits for a price. */
export const waitsForPrice = (kind) => kind === "stop" || kind === "take_profit" || kind === "trailing";

/**
 * `form`: {instrument, side, kind ("limit", "market", "stop", "take_profit", "trailing", "oco": the
 * limit order of a pair), sends ("limit" or "market"), byQuote, price, trigger, distance,
 * activation, offset, amount, display (texts; display "" where all is shown), source, postOnly,
 * begins and expires (ms, null where there is none, NaN where none is chosen), now (ms), last (ticks), levels, available (units)}.
 *
 * Returns {lots, ticks, triggerTicks, distanceBp, activationTicks, offsetTicks, displayLots, quoteUnits,
 * notional, pays, receives, fee, feePpm, takes, average, incomplete, problem: {field, message}}.
 */
export function reckon(form) {
  const { instrument, side, kind, sends } = form;
  const buys = side === "buy";
  const waits = waitsForPrice(kind) || form.begins !== null;
  const result = {
    lots: null, ticks: null, triggerTicks: null, distanceBp: null, activationTicks: null, offsetTicks: null,
    displayLots: null, quoteUnits: null, notional: null, problem: null,
  };
  const fail = (field, message) => Object.assign(result, { problem: { field, message } });
  if (kind === "trailing") {
    const problem = readTrailing(form, result);
    if (problem) return fail(...problem);
  } else if (waitsForPrice(kind)) {
    const problem = readTrigger(form, result);
    if (problem) return fail("trigger", problem);
  }
  if (sends === "limit" && kind !== "trailing") {
    if (!form.price.trim()) return fail("price", _("Enter a price."));
    result.ticks = instrument.ticksOf(form.price);
    if (!result.ticks) return fail("price", stepOfPrice(instrument));
  }
  if (!form.amount.trim()) return fail("amount", _("Enter an amount."));
  // What one lot is worth, where that is known; a trailing stop's price is still to come.
  const priced = result.ticks ?? result.triggerTicks ?? (kind === "trailing" ? form.last ?? null : null);
  if (form.byQuote) {
    result.quoteUnits = instrument.quoteUnitsOf(form.amount);
    if (result.quoteUnits === null) {
      return fail("amount", say("Enter a plain number with at most %(places)s decimals.", { places: instrument.quote.scale }));
    }
    if (priced !== null) {
      result.lots = instrument.lotsFor(result.quoteUnits, priced);
      result.quoteUnits = null;
    }
  } else {
    result.lots = instrument.lotsOf(form.amount);
    if (result.lots === null) {
      return fail("amount", say("The amount must be a multiple of %(step)s %(asset)s.", {
        step: instrument.quantityText(1n), asset: instrument.base.code,
      }));
    }
  }
  const met = sweep(instrument, form.levels, { lots: result.lots, quoteUnits: result.quoteUnits, limit: result.ticks, side });
  const lots = result.lots ?? met.lots;
  result.shownLots = lots;
  if (priced !== null) {
    result.notional = instrument.notional(lots, priced);
    result.takes = waits || met.lots > 0n; // what the book will hold by then nobody knows
  } else {
    result.notional = met.quote;
    result.takes = true;
    result.incomplete = !waits && result.lots !== null && !met.complete;
    if (lots > 0n && met.lots > 0n) result.average = met;
  }
  result.pays = buys ? result.notional : lots * instrument.lotUnits;
  const gross = buys ? lots * instrument.lotUnits : result.notional;
  result.feePpm = result.takes ? instrument.takerPpm : instrument.makerPpm;
  result.fee = instrument.fee(gross, result.feePpm);
  result.receives = gross - result.fee;
  const problem = judge(form, result, met, lots, waits);
  return problem ? fail(...problem) : result;
}

/** Sets `triggerTicks`; what is wrong with the trigger, or null. */
export function readTrigger({ instrument, side, kind, trigger, source, last, begins }, result) {
  if (!trigger.trim()) return _("Enter a trigger price.");
  const ticks = instrument.ticksOf(trigger);
  if (!ticks) return stepOfPrice(instrument);
  result.triggerTicks = ticks;
  if (!last || source !== "last" || begins !== null) return null;
  const price = instrument.priceShown(last);
  if (waitsForRise(kind, side)) return ticks > last ? null : say("The trigger must be above the last price, %(price)s.", { price });
  return ticks < last ? null : say("The trigger must be below the last price, %(price)s.", { price });
}

/** Sets `displayLots`; what is wrong with the part to be shown, or null. */
function readDisplay({ instrument, display }, result, lots) {
  const amount = (many) => `${instrument.quantityText(many)} ${instrument.base.code}`;
  const shown = instrument.lotsOf(display);
  if (shown === null) return say("What is shown must be a multiple of %(step)s.", { step: amount(1n) });
  const least = instrument.minLots > 0n ? instrument.minLots : 1n;
  if (shown < least) return say("Show at least %(least)s.", { least: amount(least) });
  if (shown >= lots) return _("Show less than the amount, or leave it empty to show all of it.");
  const { refreshes } = instrument.limits;
  if ((lots - 1n) / shown > refreshes) {
    const most = (lots - 1n) / (refreshes + 1n) + 1n;
    return say("Show at least %(least)s.", { least: amount(most) });
  }
  result.displayLots = shown;
  return null;
}

/** [basis points of a distance in percent, what is wrong with it, or null]. */
export function readDistance(instrument, text) {
  const distanceBp = parse(text.trim(), 2);
  const most = instrument.limits.trailingBp;
  if (distanceBp !== null && distanceBp >= 1n && distanceBp <= most) return [distanceBp, null];
  return [null, say("Enter a distance from 0.01 % to %(most)s.", { most: rate(most * 100n) })];
}

/** Sets distance, activation price and limit offset; [field, message] of what is wrong, or null. */
function readTrailing({ instrument, sends, distance, activation, offset }, result) {
  const [distanceBp, problem] = readDistance(instrument, distance);
  if (problem) return ["distance", problem];
  result.distanceBp = distanceBp;
  if (activation.trim()) {
    result.activationTicks = instrument.ticksOf(activation);
    if (!result.activationTicks) return ["activation", stepOfPrice(instrument)];
  }
  if (sends !== "limit") return null;
  result.offsetTicks = offset.trim() ? instrument.ticksOf(offset) : 0n;
  return result.offsetTicks === null ? ["offset", stepOfPrice(instrument)] : null;
}

export const stepOfPrice = (instrument) =>
  say("The price must be a multiple of %(step)s.", { step: instrument.priceText(1n) });

const amountOf = (units, asset, places) => `${group(brief(units, asset.scale, places))} ${asset.code}`;

/** What is wrong with what an order is worth, or null. */
export function worthText({ minNotional, maxNotional, quote }, notional) {
  if (minNotional && notional < minNotional) return say("The smallest order is worth %(least)s.", { least: amountOf(minNotional, quote, 2) });
  if (maxNotional && notional > maxNotional) return say("The largest order is worth %(most)s.", { most: amountOf(maxNotional, quote, 2) });
  return null;
}

/** [field, message] of what the exchange would refuse, or null. */
function judge(form, result, met, lots, waits) {
  const { instrument, side, kind, sends } = form;
  if (kind === "market" && !waits && !met.lots) return ["amount", _("The book is empty on that side: nothing could fill.")];
  if (lots < instrument.minLots) {
    return ["amount", say("The smallest order is %(least)s.", { least: `${instrument.quantityText(instrument.minLots)} ${instrument.base.code}` })];
  }
  if (instrument.maxLots && lots > instrument.maxLots) {
    return ["amount", say("The largest order is %(most)s.", { most: `${instrument.quantityText(instrument.maxLots)} ${instrument.base.code}` })];
  }
  const worth = worthText(instrument, result.notional);
  if (worth) return ["amount", worth];
  if (result.ticks !== null && form.last && isOutsideBand(instrument, result.ticks, form.last)) return ["price", bandText(instrument)];
  if (form.postOnly && form.begins === null && result.takes) {
    return ["price", _("Post-only: at this price the order would trade at once. Choose a price that waits in the book.")];
  }
  if (form.display.trim()) {
    const problem = readDisplay(form, result, lots);
    if (problem) return ["display", problem];
  }
  if (form.begins !== null && !(form.begins > form.now && form.begins < form.now + instrument.limits.aheadMs)) {
    return ["begin", _("Choose a time that lies ahead, by a year at most.")];
  }
  if (form.begins !== null && form.expires !== null && !(form.expires > form.begins)) {
    return ["expire", _("It must be good for longer than it waits for its time.")];
  }
  if (form.expires !== null && !(form.expires > form.now)) {
    return ["expire", _("Choose until when the order is good; that must lie ahead.")];
  }
  const asset = side === "buy" ? instrument.quote : instrument.base;
  const needed = result.quoteUnits !== null && side === "buy" ? result.quoteUnits : result.pays;
  // Nothing is held for an order that waits: funds must be there when its price comes.
  if (!waits && form.available !== null && needed > form.available) {
    return ["amount", say("You have %(available)s available.", { available: amountOf(form.available, asset, asset.places) })];
  }
  return null;
}

/** Whether a price is further from the last one than the instrument allows. */
export function isOutsideBand(instrument, ticks, last) {
  const away = ticks > last ? ticks - last : last - ticks;
  return Boolean(instrument.bandBp) && away * 10_000n > last * instrument.bandBp;
}

export const bandText = (instrument) =>
  say("The price may be at most %(percent)s away from the last one.", { percent: rate(instrument.bandBp * 100n) });

/** Parts per million as percent text, exact: 2600 → "0.26 %". */
export function rate(ppm) {
  const text = (Number(ppm) / 10_000).toFixed(4).replace(/0{1,2}$/, "");
  return `${text} %`;
}
