// Moments in a field of the kind datetime-local: such a field has no zone of its own, so it is
// written and read in the one in which all times of the pages are shown.

import { timeZone } from "./text.js";

const MINUTE_MS = 60_000;

/** A moment (ms) as the field writes it, to the minute. */
export function fieldOf(moment, zone = timeZone) {
  const parts = new Intl.DateTimeFormat("en", {
    year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone,
  }).formatToParts(moment);
  const of = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return `${of.year}-${of.month}-${of.day}T${of.hour}:${of.minute}`;
}

/** The moment (ms) that the field holds; NaN where it holds none. */
export function momentOf(text, zone = timeZone) {
  const wall = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?$/.test(text) ? Date.parse(`${text}Z`) : NaN;
  if (Number.isNaN(wall)) return NaN;
  const ahead = (moment) => Date.parse(`${fieldOf(moment, zone)}Z`) - Math.floor(moment / MINUTE_MS) * MINUTE_MS;
  // The zone may be set forward or back between the first guess and the moment itself.
  return wall - ahead(wall - ahead(wall));
}
