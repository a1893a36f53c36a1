// The terminal: puts its parts together.

import { $, $$, page, put } from "../dom.js";
import { group } from "../decimal.js";
import { Instrument } from "../instrument.js";
import { Stream } from "../stream.js";
import { _, say } from "../text.js";
import { toast } from "../toast.js";
import { AccountState } from "./account.js";
import { Book, Ladder } from "./book.js";
import { Chart } from "./chart.js";
import { Desk } from "./desk.js";
import { Entry } from "./entry.js";
import { Lists } from "./lists.js";
import { Tape, Tickers } from "./market.js";
import { Phase } from "./phase.js";

const setup = page("terminal-setup");
const instrument = new Instrument(setup.instrument);
const root = $(".terminal");
const stream = new Stream();
const account = setup.signed_in ? new AccountState(stream) : null;
const desk = account ? new Desk(stream, account, setup.account) : null;
const book = new Book(instrument, stream);

const phase = new Phase(instrument, stream, $("[data-phase]"));
const tickers = new Tickers(instrument, stream, $(".t-head"));
const entry = new Entry({ instrument, book, account, desk, stream, phase, root: $(".entry"), tradable: setup.signed_in && setup.account !== null });
new Tape(instrument, stream, $("[data-tape]"), (trade) => {
  tickers.last(trade.price);
  entry.setLast(trade.price);
});
const ladder = new Ladder(book, $(".t-book"), {
  pick: (price) => {
    entry.setPrice(price);
    if (matchMedia("(max-width: 900px)").matches) view("trade");
  },
  isMine: (price, side) => account?.hasOrderAt(price, side, instrument.symbol) ?? false,
});
account?.addEventListener("orders", ladder.draw);
if (account) new Lists({ account, desk, root: $(".t-lists"), instruments: setup.instruments, here: instrument.symbol });
new Chart(instrument, stream, $(".t-chart"));

// Views of the phone layout.
function view(name) {
  root.dataset.view = name;
  for (const tab of $$("[data-view-tab]")) tab.setAttribute("aria-selected", String(tab.dataset.viewTab === name));
}
for (const tab of $$("[data-view-tab]")) tab.addEventListener("click", () => view(tab.dataset.viewTab));
view(root.dataset.view);

// How the connection stands, in words, always visible; and a bar when prices are not current.
const bar = $(".stale-bar");
function connection() {
  const words = {
    live: _("Live"), connecting: _("Connecting…"), offline: _("You are offline"),
    waiting: say("Reconnecting in %(seconds)s s", { seconds: Math.max(0, Math.ceil((stream.retryAt - Date.now()) / 1000)) }),
  };
  for (const node of $$(".live")) {
    node.dataset.state = stream.state;
    put($("span", node) ?? node, words[stream.state]);
  }
  // A first connection is not yet a lost one.
  lost = stream.live ? false : lost || stream.state !== "connecting";
  bar.hidden = !lost;
  root.classList.toggle("stale", lost);
  if (lost) {
    put($("span", bar), stream.state === "offline"
      ? _("You are offline. Prices and orders shown are not current.")
      : say("Connection lost. Prices and orders shown are not current. %(state)s", { state: words[stream.state] }));
  }
}
let lost = false;
stream.addEventListener("state", connection);
setInterval(() => { if (stream.state === "waiting") connection(); }, 500);
$("button", bar).addEventListener("click", () => stream.retryNow());
stream.addEventListener("complaint", (event) => toast("bad", _("The server refused something"), event.detail?.message));
connection();

// Fills of one order within a moment become one toast.
const news = new Map();
account?.addEventListener("fill", ({ detail: fill }) => {
  const key = String(fill.order_id);
  const known = news.get(key) ?? { fills: [] };
  known.fills.push(fill);
  clearTimeout(known.timer);
  known.timer = setTimeout(() => announce(key), 350);
  news.set(key, known);
});
function announce(key) {
  const { fills } = news.get(key);
  news.delete(key);
  const [first] = fills;
  const rules = setup.instruments.find((one) => one.symbol === first.instrument);
  const [base] = first.instrument.split("-");
  let quantity = first.quantity;
  if (fills.length > 1 && first.instrument === instrument.symbol) {
    quantity = instrument.quantityText(fills.reduce((sum, fill) => sum + (instrument.lotsOf(fill.quantity) ?? 0n), 0n));
  }
  const what = { quantity, asset: rules?.base ?? base };
  toast("good", first.side === "buy" ? say("Bought %(quantity)s %(asset)s", what) : say("Sold %(quantity)s %(asset)s", what),
    fills.length > 1 ? say("%(count)s fills, the last at %(price)s", { count: fills.length, price: group(fills[fills.length - 1].price) })
      : say("at %(price)s", { price: group(first.price) }));
}

// Keys: B and S choose the side, / goes to the amount. Never while typing.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, dialog")) return;
  if (event.key === "b" || event.key === "s") entry.setSide(event.key === "b" ? "buy" : "sell");
  else if (event.key === "/") {
    event.preventDefault();
    $("[name=amount]").focus();
  }
});
