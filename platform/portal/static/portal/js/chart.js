// What a pointer or an arrow key on a chart tells: the nearest point, in words the page has already.

import { $, $$, put } from "./dom.js";

for (const figure of $$("[data-chart]")) {
  const points = $$("tbody tr", figure).map((row) => [$("th", row).textContent, $("td", row).textContent]);
  const plot = $(".plot", figure);
  const cursor = $(".cursor", figure);
  const told = $("[data-told]", figure);
  const at = (index) => {
    cursor.hidden = false;
    cursor.style.insetInlineStart = `${(100 * index) / (points.length - 1)}%`;
    put(told, `${points[index][0]}: ${points[index][1]}`);
  };
  plot.addEventListener("pointermove", (event) => {
    const box = plot.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    at(Math.round(share * (points.length - 1)));
  });
  plot.addEventListener("pointerleave", () => {
    cursor.hidden = true;
    put(told, "");
  });
}
