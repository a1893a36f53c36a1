// What was typed into a form outlives a session that ended before it was sent: it is kept in this
// tab until the form has been sent, and put back after signing in. Secrets are never kept.

import { $$, el, icon } from "./dom.js";
import { _ } from "./text.js";

const PREFIX = "draft:";
const { user = "" } = document.body.dataset;
const gate = "gate" in document.body.dataset;
const SECRET = "[type=password], [type=hidden], [type=file], [data-code], [autocomplete=one-time-code]";

const names = () => Object.keys(sessionStorage).filter((name) => name.startsWith(PREFIX));
const read = (name) => JSON.parse(sessionStorage.getItem(name));
const write = (name, draft) => sessionStorage.setItem(name, JSON.stringify(draft));

function fields(form) {
  return [...form.elements].filter((node) => node.name && !node.matches(SECRET) && node.matches("input, textarea, select"));
}

function remember(name, form) {
  const values = fields(form).map((node) => [node.name, node.type === "checkbox" || node.type === "radio" ? node.checked : node.value]);
  write(name, { user, values, sent: false });
}

function putBack(form, values) {
  let changed = false;
  for (const [index, node] of fields(form).entries()) {
    const [name, value] = values[index] ?? [];
    if (name !== node.name) continue;
    if (typeof value === "boolean") {
      changed ||= node.checked !== value;
      node.checked = value;
    } else {
      changed ||= node.value !== value;
      node.value = value;
    }
  }
  return changed;
}

for (const name of names()) {
  const draft = read(name);
  // Sent, and then asked to sign in: it did not arrive. Sent, and then anything else: it did.
  if (draft.sent && gate) write(name, { ...draft, sent: false });
  else if (draft.sent || (user && draft.user !== user)) sessionStorage.removeItem(name);
}

if (!gate && user) {
  for (const [index, form] of $$("main form[method=post]:not([data-no-draft])").entries()) {
    if (!fields(form).length) continue;
    const name = `${PREFIX}${location.pathname}:${index}`;
    const kept = sessionStorage.getItem(name) && read(name);
    // A form that comes back with errors holds what was typed already.
    if (kept && !form.querySelector("[aria-invalid=true]") && putBack(form, kept.values)) {
      form.prepend(el("div.notice.info", { role: "status" }, icon("history"), el("div", {}, _("What you typed is still here. Send it when you are ready."))));
    }
    form.addEventListener("input", () => remember(name, form));
    form.addEventListener("change", () => remember(name, form));
    form.addEventListener("submit", () => {
      if (sessionStorage.getItem(name)) write(name, { ...read(name), sent: true });
    });
  }
}
for (const form of $$("form[data-sign-out]")) {
  form.addEventListener("submit", () => names().forEach((name) => sessionStorage.removeItem(name)));
}
