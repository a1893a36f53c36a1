// Translations come from the catalogue the server sends as /jsi18n/ (window.gettext).

export const _ = (text) => (window.gettext ? window.gettext(text) : text);

/** `say("Bought %(quantity)s", {quantity})` */
export function say(text, values = {}) {
  return _(text).replace(/%\((\w+)\)s/g, (whole, name) => (name in values ? values[name] : whole));
}

const language = document.documentElement.lang || "en";
// The zone the user has set; without one the browser's own.
export const timeZone = document.documentElement.dataset.zone || undefined;
const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false, timeZone });
const moment = new Intl.DateTimeFormat(language, {
  month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false, timeZone,
});
const full = new Intl.DateTimeFormat(language, {
  year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false, timeZone,
});

const minute = new Intl.DateTimeFormat(language, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false, timeZone });

const asDate = (value) => new Date(typeof value === "number" || /^\d+$/.test(value) ? Number(value) : value);
export const clockText = (value) => clock.format(asDate(value));
export const minuteText = (value) => minute.format(asDate(value));
export const momentText = (value) => moment.format(asDate(value));
export const fullText = (value) => full.format(asDate(value));
