// The markets page: search, favourites, sorting, live prices.

import { $, $$, page } from "./dom.js";
import { Preferences } from "./preferences.js";
import { follow } from "./prices.js";

const table = $("#markets");
const body = $("tbody", table);
const rows = $$("tr[data-ticker]", body);
const search = $("[name=q]");
const kept = page("markets-kept");
const preferences = new Preferences({ kept: kept.preferences, signedIn: kept.signed_in });
const favourites = new Set(preferences.get("favourites", []));
let sorting = { key: "", down: true };

function draw() {
  const words = search.value.trim().toLowerCase();
  const only = table.dataset.show === "favourites";
  let shown = 0;
  for (const row of rows) {
    row.hidden = (only && !favourites.has(row.dataset.ticker)) || !row.dataset.words.includes(words);
    shown += row.hidden ? 0 : 1;
    const star = $("[data-star]", row);
    star.setAttribute("aria-pressed", String(favourites.has(row.dataset.ticker)));
  }
  $("[data-none=search]").hidden = shown > 0 || (only && !words);
  $("[data-none=favourites]").hidden = shown > 0 || !only || words !== "";
  table.hidden = shown === 0;
}

function order() {
  if (!sorting.key) return;
  const text = sorting.key === "name";
  const value = (row) => (text ? row.dataset.ticker : Number(row.dataset[sorting.key] || 0));
  const sorted = [...rows].sort((a, b) => (text ? value(a).localeCompare(value(b)) : value(a) - value(b)));
  if (sorting.down) sorted.reverse();
  // Only what stands elsewhere is moved: a row under the pointer keeps its place otherwise.
  sorted.forEach((row, index) => { if (body.children[index] !== row) body.insertBefore(row, body.children[index]); });
}

for (const button of $$("[data-sort]", table)) {
  button.addEventListener("click", () => {
    const key = button.dataset.sort;
    sorting = { key, down: sorting.key === key ? !sorting.down : key !== "name" };
    for (const head of $$("th[aria-sort]", table)) head.setAttribute("aria-sort", "none");
    button.closest("th").setAttribute("aria-sort", sorting.down ? "descending" : "ascending");
    order();
  });
}
for (const row of rows) {
  $("[data-star]", row).addEventListener("click", () => {
    const symbol = row.dataset.ticker;
    if (!favourites.delete(symbol)) favourites.add(symbol);
    preferences.set("favourites", [...favourites]);
    draw();
  });
}
for (const button of $$("[data-show]:not(table)")) {
  button.addEventListener("click", () => {
    table.dataset.show = button.dataset.show;
    for (const other of $$("[data-show]:not(table)")) other.setAttribute("aria-pressed", String(other === button));
    draw();
  });
}
search.addEventListener("input", draw);
search.form.addEventListener("submit", (event) => event.preventDefault());
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target.matches("input, textarea, select")) return;
  event.preventDefault();
  search.focus();
});
draw();
follow(order);
