// Exact decimals: text ⇄ BigInt units of a fixed scale. No float ever touches what is sent.

const PLAIN = /^\d{1,30}(\.\d{1,30})?$|^\.\d{1,30}$/;
const GROUPED = /^\d{1,3}(,\d{3})+(\.\d*)?$/;
// As the user has set them (portal/display.py): [thousands mark, decimal mark].
const MARKS = { comma: [",", "."], dot: [".", ","], space: ["\u202f", "."], space_comma: ["\u202f", ","], quote: ["\u2019", "."], plain: ["", "."] };
const marks = () => MARKS[document.documentElement.dataset.numbers] ?? MARKS.comma;

/**
 * Plain text of what a person typed, by his own marks; "" when it could mean two things. A point
 * alone is always a decimal point: that is what pages fill in themselves.
 */
export function typed(text) {
  const clean = String(text).trim().replace(/[\s\u2019']/g, "");
  if (!clean.includes(",")) return clean;
  if (marks()[1] === ",") {
    const [whole, fraction, ...more] = clean.split(",");
    if (more.length || (whole.includes(".") && !/^\d{1,3}(\.\d{3})+$/.test(whole))) return "";
    return `${whole.replaceAll(".", "")}.${fraction}`;
  }
  return GROUPED.test(clean) ? clean.replaceAll(",", "") : "";
}

/** Units of decimal text at `scale` places, or null when it is no exact amount. */
export function parse(text, scale) {
  const clean = typed(text).replace(/\.$/, "");
  if (!PLAIN.test(clean)) return null;
  const [whole, fraction = ""] = clean.split(".");
  const digits = fraction.replace(/0+$/, "");
  if (digits.length > scale) return null;
  return BigInt(whole || "0") * 10n ** BigInt(scale) + BigInt(digits.padEnd(scale, "0") || "0");
}

/** Plain text of `units`, exact, trailing zeros cut down to `minPlaces`. */
export function format(units, scale, minPlaces = 0) {
  const negative = units < 0n;
  const digits = (negative ? -units : units).toString().padStart(scale + 1, "0");
  const whole = scale ? digits.slice(0, -scale) : digits;
  let fraction = scale ? digits.slice(-scale).replace(/0+$/, "") : "";
  fraction = fraction.padEnd(Math.min(minPlaces, scale), "0");
  return (negative ? "-" : "") + whole + (fraction ? "." + fraction : "");
}

/** The same, cut (never rounded up) to at most `places`, for showing only. */
export function brief(units, scale, places) {
  if (places >= scale) return format(units, scale, places);
  const step = 10n ** BigInt(scale - places);
  return format((units / step) * step, scale, places);
}

/** A plain number text with the user's marks, for showing only. */
export function group(text) {
  const [thousands, point] = marks();
  const [whole, fraction] = String(text).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, thousands);
  return fraction === undefined ? grouped : `${grouped}${point}${fraction}`;
}

/** How many places the smallest step of `stepUnits` at `scale` shows. */
export function placesOf(stepUnits, scale) {
  const text = format(stepUnits, scale);
  const point = text.indexOf(".");
  return point < 0 ? 0 : text.length - point - 1;
}

export const min = (a, b) => (a < b ? a : b);
export const ceilDiv = (a, b) => (a + b - 1n) / b;
