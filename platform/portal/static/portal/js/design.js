// The page /design: paints its swatches from the tokens they name, and shows toasts.

import { $$ } from "./dom.js";
import { toast } from "./toast.js";

for (const node of $$("[data-token]")) node.style.background = `var(--${node.dataset.token})`;
for (const node of $$("[data-space]")) node.style.inlineSize = `var(--${node.dataset.space})`;
for (const node of $$("[data-size]")) node.style.fontSize = `var(--text-${node.dataset.size})`;
for (const button of $$("[data-toast]")) {
  button.addEventListener("click", () => toast(button.dataset.toast, "A short title", "What happened, in a sentence."));
}
