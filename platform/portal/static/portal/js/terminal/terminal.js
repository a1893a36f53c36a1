// The terminal: puts its parts together.

import { $, $$, page } from "../dom.js";
import { Instrument } from "../instrument.js";
import { Preferences } from "../preferences.js";
import { Stream } from "../stream.js";
import { _ } from "../text.js";
import { toast } from "../toast.js";
import { AccountState } from "./account.js";
import { Book } from "./book.js";
import { Chart } from "./chart.js";
import { Confirm } from "./confirm.js";
import { Connection } from "./connection.js";
import { DepthChart } from "./depthchart.js";
import { Desk } from "./desk.js";
import { Drawing } from "./drawing.js";
import { Entry } from "./entry.js";
import { Indicators } from "./indicators.js";
import { Keys } from "./keys.js";
import { Ladder } from "./ladder.js";
import { Layout } from "./layout.js";
import { Lists } from "./lists.js";
import { Tape, Tickers } from "./market.js";
import { News } from "./news.js";
import { OrderLines } from "./orderlines.js";
import { Phase } from "./phase.js";
import { Search } from "./search.js";

const setup = page("terminal-setup");
const instrument = new Instrument(setup.instrument);
const preferences = new Preferences({ kept: setup.preferences, signedIn: setup.signed_in, symbol: instrument.symbol });
const root = $(".terminal");
const stream = new Stream();
const account = setup.signed_in ? new AccountState(stream, setup.account) : null;
const desk = account ? new Desk(stream, account, setup.account, preferences) : null;
const book = new Book(instrument, stream);
const ask = new Confirm({ preferences, instrument });

const phase = new Phase(instrument, stream, $("[data-phase]"));
const tickers = new Tickers(instrument, stream, $(".t-head"));
const tradable = setup.signed_in && setup.account !== null;
const entry = new Entry({ instrument, book, account, desk, stream, phase, preferences, ask, tradable, root: $(".entry") });
new Tape(instrument, stream, $("[data-tape]"), (trade) => {
  tickers.last(trade.price);
  entry.setLast(trade.price);
});
const pick = (price) => {
  entry.setPrice(price);
  if (matchMedia("(max-width: 900px)").matches) view("trade");
};
const ladder = new Ladder({ book, account, preferences, pick, root: $(".t-book") });
const lists = account ? new Lists({ account, desk, preferences, root: $(".t-lists"), instruments: setup.instruments, here: instrument.symbol }) : null;

const chartTile = $(".t-chart");
const chart = new Chart({ instrument, stream, preferences, root: chartTile });
const depth = new DepthChart({ book, chart, preferences, root: chartTile });
const indicators = new Indicators({ chart, preferences, root: chartTile });
const drawing = new Drawing({ chart, preferences, root: chartTile });
if (account) {
  new OrderLines({ chart, instrument, account, desk, preferences, ask, root: chartTile });
  new News({ account, instrument, preferences, instruments: setup.instruments });
}
const search = new Search({ instruments: setup.instruments, here: instrument.symbol, tickers, preferences, opener: $("[data-open=search]") });
const layout = new Layout({ root, preferences, ladder });
const keys = new Keys({ entry, chart, depth, drawing, search, indicators, layout, preferences, cancelAll: () => lists?.askCancelAll() });
for (const button of $$("[data-open=keys]")) button.addEventListener("click", () => keys.open());
new Connection(stream, root);
stream.addEventListener("complaint", (event) => {
  // The banner on top says it already: his private channels are not for who sees as him.
  if (event.detail?.code === "SEEN_AS_SOMEBODY_ELSE") return;
  toast("bad", _("The server refused something"), event.detail?.message);
});

// Views of the phone layout.
function view(name) {
  root.dataset.view = name;
  for (const tab of $$("[data-view-tab]")) tab.setAttribute("aria-selected", String(tab.dataset.viewTab === name));
}
for (const tab of $$("[data-view-tab]")) tab.addEventListener("click", () => view(tab.dataset.viewTab));
// On a phone the way to an order is a button under chart and book.
for (const button of $$("[data-go]")) {
  button.addEventListener("click", () => {
    entry.setSide(button.dataset.go);
    view("trade");
  });
}
view(root.dataset.view);
