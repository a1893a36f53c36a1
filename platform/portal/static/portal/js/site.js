// On every page: theme, menus, forms that send once, copy buttons, password meter, dialogs.

import "./drafts.js";
import { $, $$, put } from "./dom.js";
import { _, fullText } from "./text.js";
import { toast } from "./toast.js";

// Theme: light, dark or the system's; a cookie lets the server paint the first frame right.
for (const button of $$("[data-set-theme]")) {
  button.addEventListener("click", () => {
    const theme = button.dataset.setTheme;
    document.documentElement.dataset.theme = theme;
    document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax`;
    for (const other of $$("[data-set-theme]")) other.setAttribute("aria-current", String(other === button));
    document.dispatchEvent(new Event("themechange"));
    button.closest("details")?.removeAttribute("open");
  });
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => document.dispatchEvent(new Event("themechange")));

// Menus close on Escape, on a click elsewhere and when focus leaves.
document.addEventListener("click", (event) => {
  for (const menu of $$("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of $$("details.menu[open]")) {
    menu.open = false;
    $("summary", menu).focus();
  }
});
for (const menu of $$("details.menu")) {
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });
}

// A form is sent once, however often its button is pressed.
for (const form of $$("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    for (const button of $$("button:not([type=button])", form)) button.setAttribute("aria-busy", "true");
  });
}
// Coming back through the history cache, the form must work again.
window.addEventListener("pageshow", () => {
  for (const form of $$("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of $$("button[aria-busy]", form)) button.removeAttribute("aria-busy");
  }
});

for (const button of $$("[data-copy]")) {
  button.addEventListener("click", async () => {
    const text = $(button.dataset.copy).textContent.trim();
    try {
      await navigator.clipboard.writeText(text);
      toast("good", _("Copied"));
    } catch {
      const range = document.createRange();
      range.selectNodeContents($(button.dataset.copy));
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      toast("info", _("Selected. Press Ctrl+C to copy."));
    }
  });
}

for (const button of $$("[data-reveal]")) {
  const input = document.getElementById(button.dataset.reveal);
  button.addEventListener("click", () => {
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!shown));
    $("use", button).setAttribute("href", $("use", button).getAttribute("href").replace(/#.*/, shown ? "#eye" : "#eye-off"));
  });
}

// A rough sense of a password's strength; the server decides.
for (const meter of $$("[data-meter]")) {
  const input = document.getElementById(meter.dataset.meter);
  const words = ["", _("Weak"), _("Fair"), _("Good"), _("Strong")];
  const measure = () => {
    const value = input.value;
    const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^\w\s]|[^\x00-\x7f]|\s/].filter((kind) => kind.test(value)).length;
    const score = value.length < 8 ? (value ? 1 : 0) : Math.min(4, 1 + (value.length >= 12) + (value.length >= 16) + (kinds >= 3));
    $(".meter", meter).dataset.score = String(score);
    put($("small", meter), words[score]);
  };
  input.addEventListener("input", measure);
}

// Codes: digits only, and sent as soon as the last one stands there, also if that was before this
// script had come. What a reload puts back is an old code and waits for its button.
const [arrival] = performance.getEntriesByType("navigation");
for (const input of $$("input[data-code]")) {
  const read = () => {
    const digits = input.value.replace(/\D/g, "").slice(0, 6);
    if (/^\d*$/.test(input.value.replace(/\s/g, ""))) input.value = digits;
    if (digits.length === 6 && input.value === digits) input.form.requestSubmit();
  };
  input.addEventListener("input", read);
  if (arrival?.type === "navigate" && input.value !== input.defaultValue) read();
}

// Questions before something that cannot be taken back.
for (const button of $$("[data-dialog]")) {
  button.addEventListener("click", () => document.getElementById(button.dataset.dialog).showModal());
}
for (const button of $$("[data-close]")) {
  button.addEventListener("click", () => button.closest("dialog").close());
}
for (const form of $$("form[data-autosubmit]")) {
  form.addEventListener("change", () => form.requestSubmit());
}

// The server writes times; they are shown in the user's zone, else in the browser's own.
for (const node of $$("time[datetime]")) {
  const date = new Date(node.dateTime);
  if (Number.isNaN(date.getTime())) continue;
  node.title = `${date.toISOString().replace("T", " ").slice(0, 19)} UTC`;
  node.textContent = fullText(node.dateTime);
}

for (const link of $$("[data-download]")) {
  link.addEventListener("click", () => {
    const text = $(link.dataset.download).innerText.trim();
    const address = URL.createObjectURL(new Blob([`${text}\n`], { type: "text/plain" }));
    const anchor = Object.assign(document.createElement("a"), { href: address, download: link.dataset.filename });
    anchor.click();
    setTimeout(() => URL.revokeObjectURL(address), 1_000);
  });
}

// News of the account, where a page is open: the count at the bell, and a word in the corner. The
// terminal has a stream of its own.
if ($("[data-bell]") && !$(".terminal")) {
  const { follow } = await import("./bell.js");
  follow();
}

if ("serviceWorker" in navigator && window.isSecureContext) {
  window.addEventListener("load", () => navigator.serviceWorker.register("/service-worker.js").catch(() => {}));
}
if ($("[data-push]")) (await import("./push.js")).offer($("[data-push]"));
