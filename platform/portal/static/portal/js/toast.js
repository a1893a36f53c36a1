// Toasts: short news in the corner, read out politely, gone by themselves unless they are errors.

import { $, el, icon } from "./dom.js";
import { _ } from "./text.js";

const ICONS = { good: "circle-check", bad: "circle-alert", warn: "triangle-alert", info: "info" };
const STAY_MS = { good: 6_000, info: 6_000, warn: 12_000, bad: 15_000 };

export function toast(kind, title, text = "") {
  const node = el(
    `div.toast.${kind}`,
    { role: kind === "bad" ? "alert" : "status" },
    icon(ICONS[kind]),
    el("div", {}, el("strong", {}, title), text ? el("span", {}, text) : null),
    el("button", { type: "button", "aria-label": _("Dismiss"), onclick: () => node.remove() }, icon("x")),
  );
  const corner = $("#toasts");
  corner.append(node);
  while (corner.children.length > 4) corner.firstElementChild.remove();
  let timer = setTimeout(() => node.remove(), STAY_MS[kind]);
  node.addEventListener("pointerenter", () => clearTimeout(timer));
  node.addEventListener("pointerleave", () => { timer = setTimeout(() => node.remove(), 3_000); });
  return node;
}
