// An instrument's rules as the server declares them, and the arithmetic that follows from them.
// The same integers as the engine: price in ticks, quantity in lots, money in units.

import { ceilDiv, format, group, parse, placesOf } from "./decimal.js";

const PPM = 1_000_000n;

export class Instrument {
  constructor(info) {
    this.symbol = info.symbol;
    this.state = info.state;
    this.base = info.base;
    this.quote = info.quote;
    this.tickUnits = BigInt(info.tick_units);
    this.lotUnits = BigInt(info.lot_units);
    this.factor = BigInt(info.factor); // quote units = lots · ticks · factor
    this.minLots = BigInt(info.min_lots);
    this.maxLots = BigInt(info.max_lots);
    this.minNotional = BigInt(info.min_notional_units);
    this.maxNotional = BigInt(info.max_notional_units);
    this.bandBp = BigInt(info.price_band_bp);
    this.makerPpm = BigInt(info.maker_ppm);
    this.takerPpm = BigInt(info.taker_ppm);
    // The engine's own bounds of an order.
    this.limits = {
      trailingBp: BigInt(info.limits.trailing_bp), aheadMs: Number(info.limits.ahead_ms), refreshes: BigInt(info.limits.refreshes),
    };
    this.pricePlaces = placesOf(this.tickUnits, this.quote.scale);
    this.quantityPlaces = placesOf(this.lotUnits, this.base.scale);
  }

  /** Ticks of a price text, or null when it is no whole number of ticks. */
  ticksOf(text) { return steps(parse(text, this.quote.scale), this.tickUnits); }
  lotsOf(text) { return steps(parse(text, this.base.scale), this.lotUnits); }
  quoteUnitsOf(text) { return parse(text, this.quote.scale); }

  priceText(ticks) { return format(BigInt(ticks) * this.tickUnits, this.quote.scale, this.pricePlaces); }
  quantityText(lots) { return format(lots * this.lotUnits, this.base.scale, this.quantityPlaces); }
  priceShown(ticks) { return group(this.priceText(ticks)); }

  notional(lots, ticks) { return lots * BigInt(ticks) * this.factor; }
  fee(units, ppm) { return ceilDiv(units * ppm, PPM); }

  /** The most lots that `quoteUnits` buy at `ticks`. */
  lotsFor(quoteUnits, ticks) {
    const each = BigInt(ticks) * this.factor;
    return each > 0n ? quoteUnits / each : 0n;
  }
}

function steps(units, step) {
  return units === null || units % step !== 0n ? null : units / step;
}

/**
 * What an order would meet in the book: walks `levels` ([ticks, lots] best first) until `lots`
 * or `quoteUnits` are used up. Returns {lots, quote, worst, complete}.
 */
export function sweep(instrument, levels, { lots = null, quoteUnits = null, limit = null, side }) {
  let leftLots = lots;
  let leftQuote = quoteUnits;
  let got = 0n;
  let quote = 0n;
  let worst = null;
  for (const [ticks, available] of levels) {
    if (limit !== null && (side === "buy" ? BigInt(ticks) > limit : BigInt(ticks) < limit)) break;
    let take = available;
    if (leftLots !== null && leftLots < take) take = leftLots;
    if (leftQuote !== null) {
      const affordable = instrument.lotsFor(leftQuote, ticks);
      if (affordable < take) take = affordable;
    }
    if (take <= 0n) break;
    const paid = instrument.notional(take, ticks);
    got += take;
    quote += paid;
    worst = ticks;
    if (leftLots !== null) leftLots -= take;
    if (leftQuote !== null) leftQuote -= paid;
    if (leftLots === 0n) break;
    if (take < available) break;
  }
  const complete = leftLots !== null ? leftLots === 0n : worst !== null && got > 0n;
  return { lots: got, quote, worst, complete };
}
