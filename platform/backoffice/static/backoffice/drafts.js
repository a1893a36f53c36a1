"use strict";
// What was typed into a form outlives a session that ended before it was sent: it is kept in this
// tab until the form has been sent, and put back after signing in. Secrets are never kept.

document.addEventListener("DOMContentLoaded", () => {
  const PREFIX = "staff-draft:";
  const SECRET = "[type=password], [type=file], [autocomplete=one-time-code]";
  // Of what is hidden only what the form was compared with when it was opened: who comes back late
  // gets the difference to what others have saved meanwhile.
  const HIDDEN = "[type=hidden]:not([name=seen])";
  const isGate = document.querySelector(".bo-gate") !== null;
  const user = document.querySelector("[data-user]")?.dataset.user ?? "";

  const names = () => Object.keys(sessionStorage).filter((name) => name.startsWith(PREFIX));
  const read = (name) => JSON.parse(sessionStorage.getItem(name));
  const write = (name, draft) => sessionStorage.setItem(name, JSON.stringify(draft));
  const isBox = (node) => node.type === "checkbox" || node.type === "radio";
  const fields = (form) => [...form.elements].filter((node) =>
    node.name && node.matches("input, textarea, select") && !node.matches(SECRET) && !node.matches(HIDDEN));
  const valueOf = (node) => (isBox(node) ? node.checked
    : node.multiple ? [...node.options].map((option) => option.selected) : node.value);

  function putBack(form, values) {
    let isChanged = false;
    fields(form).forEach((node, index) => {
      const [name, value] = values[index] ?? [];
      if (name !== node.name || JSON.stringify(valueOf(node)) === JSON.stringify(value)) return;
      isChanged ||= node.type !== "hidden";
      if (isBox(node)) node.checked = value;
      else if (Array.isArray(value)) [...node.options].forEach((option, at) => { option.selected = value[at] ?? false; });
      else node.value = value;
    });
    return isChanged;
  }

  function tell(form) {
    const note = document.createElement("div");
    note.className = "bo-note";
    note.setAttribute("role", "status");
    note.textContent = "What you typed is still here. Send it when you are ready.";
    form.prepend(note);
  }

  for (const name of names()) {
    const draft = read(name);
    // Sent, and then asked to sign in: it did not arrive. Sent, and then anything else: it did.
    if (draft.isSent && isGate) write(name, { ...draft, isSent: false });
    else if (draft.isSent || (user && draft.user !== user)) sessionStorage.removeItem(name);
  }
  if (isGate || !user) return;

  document.querySelectorAll("main form[method=post]").forEach((form, index) => {
    if (!fields(form).some((node) => node.type !== "hidden")) return;
    const name = `${PREFIX}${location.pathname}:${index}`;
    const kept = sessionStorage.getItem(name) && read(name);
    // A form that comes back with errors holds what was typed already.
    const isReturned = document.querySelector(".has-errors, .bo-note-error") !== null;
    if (kept && !isReturned && putBack(form, kept.values)) tell(form);
    const remember = () => write(name, { user, isSent: false, values: fields(form).map((node) => [node.name, valueOf(node)]) });
    form.addEventListener("input", remember);
    form.addEventListener("change", remember);
    form.addEventListener("submit", () => {
      if (sessionStorage.getItem(name)) write(name, { ...read(name), isSent: true });
    });
  });
  document.querySelectorAll("form[data-sign-out]").forEach((form) =>
    form.addEventListener("submit", () => names().forEach((name) => sessionStorage.removeItem(name))));
});
