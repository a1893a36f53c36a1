// Live prices on public pages.

import { $, $$, put } from "./dom.js";
import { Stream } from "./stream.js";
import { _ } from "./text.js";
import { showTicker } from "./terminal/market.js";

const stream = new Stream();
const last = new Map();

stream.subscribe("tickers", (message) => {
  for (const ticker of message.tickers) {
    for (const row of $$(`[data-ticker="${ticker.instrument}"]`)) {
      showTicker(row, ticker);
      const cell = $("[data-field=last]", row);
      const before = last.get(ticker.instrument);
      if (cell && before !== undefined && before !== ticker.last) {
        cell.classList.remove("flash-up", "flash-down");
        void cell.offsetWidth; // starts the animation anew
        cell.classList.add(Number(ticker.last) > Number(before) ? "flash-up" : "flash-down");
      }
    }
    last.set(ticker.instrument, ticker.last);
  }
});

stream.addEventListener("state", () => {
  for (const node of $$(".live")) {
    node.dataset.state = stream.state;
    put(node, stream.live ? _("Live") : stream.state === "offline" ? _("You are offline") : _("Connecting…"));
  }
});
