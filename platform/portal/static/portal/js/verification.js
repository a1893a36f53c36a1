// A chosen file is sent at once; its label says that it is on its way.

import { $$ } from "./dom.js";
import { _ } from "./text.js";

for (const form of $$("form[data-upload]")) {
  const input = form.querySelector("input[type=file]");
  const label = form.querySelector("label");
  const send = () => {
    if (!input.files.length) return;
    label.textContent = _("Sending…");
    label.setAttribute("aria-busy", "true");
    form.requestSubmit();
  };
  input.addEventListener("change", send);
  // A module comes after the page is seen: a slow phone's user may have chosen already. What the
  // browser kept of an earlier visit is not what he chose now.
  if (performance.getEntriesByType("navigation")[0]?.type === "navigate") send();
  // The label is what is seen, so it shows where the keyboard is.
  input.addEventListener("focus", () => label.classList.toggle("focused", input.matches(":focus-visible")));
  input.addEventListener("blur", () => label.classList.remove("focused"));
}
