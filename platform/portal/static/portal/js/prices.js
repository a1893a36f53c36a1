// Live prices in rows that the server has filled: landing page and markets.

import { $, $$, put } from "./dom.js";
import { group } from "./decimal.js";
import { live } from "./live.js";
import { _ } from "./text.js";

const last = new Map();
const WIDTH = 120; // of a sparkline's box, see portal/charts.py
const HEIGHT = 32;

export function changeText(bp) {
  const sign = bp > 0 ? "+" : bp < 0 ? "−" : "";
  const cents = String(Math.abs(bp)).padStart(3, "0");
  return `${sign}${group(`${cents.slice(0, -2)}.${cents.slice(-2)}`)} %`;
}

/** At least `places` decimals, so that columns stand still. */
function padded(text, places) {
  const [whole, fraction = ""] = String(text).split(".");
  return places || fraction ? `${whole}.${fraction.padEnd(places, "0")}` : whole;
}

/** The line ends at the price there is now. */
function bend(row, price) {
  const line = $(".spark polyline", row);
  const values = row.dataset.spark?.split(",").map(Number);
  if (!line || !values || values.length < 2) return;
  values[values.length - 1] = price;
  const low = Math.min(...values);
  const high = Math.max(...values);
  const y = (value) => (high === low ? HEIGHT / 2 : 2 + ((high - value) * (HEIGHT - 4)) / (high - low));
  line.setAttribute("points", values.map((value, index) => `${(index * WIDTH) / (values.length - 1)},${y(value).toFixed(1)}`).join(" "));
}

function show(row, ticker) {
  const places = Number(row.dataset.places ?? 0);
  const bp = Number(ticker.change_bp ?? 0);
  for (const name of ["last", "high", "low"]) {
    const node = $(`[data-field=${name}]`, row);
    if (node && ticker[name]) put(node, group(padded(ticker[name], places)));
  }
  const volume = $("[data-field=quote_volume]", row);
  if (volume && ticker.quote_volume) put(volume, group(String(ticker.quote_volume).split(".")[0]));
  const change = $("[data-field=change]", row);
  if (change) {
    put(change, changeText(bp));
    change.classList.toggle("up", bp > 0);
    change.classList.toggle("down", bp < 0);
  }
  $(".spark", row)?.classList.toggle("up", bp > 0);
  $(".spark", row)?.classList.toggle("down", bp < 0);
  if (ticker.last) bend(row, Number(ticker.last));
  Object.assign(row.dataset, { last: ticker.last ?? 0, change: bp, volume: ticker.quote_volume ?? 0 });
}

function flash(row, ticker) {
  const cell = $("[data-field=last]", row);
  const before = last.get(ticker.instrument);
  if (!cell || before === undefined || before === ticker.last) return;
  cell.classList.remove("flash-up", "flash-down");
  void cell.offsetWidth; // starts the animation anew
  cell.classList.add(Number(ticker.last) > Number(before) ? "flash-up" : "flash-down");
}

/** Follows the tickers; `after` is called when rows have changed. */
export function follow(after = () => {}) {
  const stream = live();
  stream.subscribe("tickers", (message) => {
    for (const ticker of message.tickers) {
      for (const row of $$(`[data-ticker="${ticker.instrument}"]`)) {
        show(row, ticker);
        flash(row, ticker);
      }
      last.set(ticker.instrument, ticker.last);
    }
    after();
  });
  const tell = () => {
    for (const node of $$(".live")) {
      node.dataset.state = stream.state;
      put(node, stream.live ? _("Live") : stream.state === "offline" ? _("You are offline") : _("Connecting…"));
    }
  };
  stream.addEventListener("state", tell);
  tell();
}
