"use strict";
// The search of the staff's web: Ctrl-K (or ⌘K, or /) from anywhere, arrows, Enter.

document.addEventListener("DOMContentLoaded", () => {
  const palette = document.getElementById("bo-palette");
  if (!palette) return;
  const field = palette.querySelector("input");
  const list = palette.querySelector("[role=listbox]");
  const note = palette.querySelector("[role=status]");
  const WAIT_MS = 120;
  let timer = 0;
  let asked = null; // the request under way; a newer one ends it
  let active = -1;
  let wanted = false; // Enter was pressed before the results came

  const options = () => [...list.querySelectorAll("[role=option]")];

  function mark(index) {
    const all = options();
    active = all.length ? (index + all.length) % all.length : -1;
    all.forEach((option, at) => option.setAttribute("aria-selected", String(at === active)));
    if (active < 0) {
      field.removeAttribute("aria-activedescendant");
      return;
    }
    field.setAttribute("aria-activedescendant", all[active].id);
    all[active].scrollIntoView({ block: "nearest" });
  }

  function go(inNewTab) {
    const option = options()[active];
    if (!option) return;
    if (inNewTab) window.open(option.href, "_blank", "noopener");
    else location.href = option.href;
  }

  async function look() {
    if (asked) asked.abort();
    const mine = new AbortController();
    asked = mine;
    try {
      const answer = await fetch(`${palette.dataset.address}?s=${encodeURIComponent(field.value.trim())}`,
        { signal: mine.signal, headers: { "X-Requested-With": "fetch" }, redirect: "error" });
      if (!answer.ok) throw new Error(String(answer.status));
      list.innerHTML = await answer.text();
      const said = list.querySelector("[data-note]");
      note.textContent = said ? said.textContent : "";
      mark(0);
      if (wanted) go(false);
    } catch (error) {
      if (error.name === "AbortError") return;
      list.replaceChildren();
      note.textContent = palette.dataset.away;
    } finally {
      if (asked === mine) {
        asked = null;
        wanted = false;
      }
    }
  }

  function open() {
    if (palette.open) return;
    palette.showModal();
    field.select();
    look();
  }

  document.querySelectorAll("[data-palette-open]").forEach((button) => button.addEventListener("click", open));
  palette.querySelector("[data-palette-close]").addEventListener("click", () => palette.close());
  palette.addEventListener("click", (event) => {
    if (event.target === palette) palette.close(); // beside it
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    const isShortcut = (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k";
    if (isShortcut || (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey)) {
      event.preventDefault();
      open();
    }
  });
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => { timer = 0; look(); }, WAIT_MS);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      mark(active + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      if (timer || asked) wanted = true; // what is shown belongs to what was typed before
      else go(event.ctrlKey || event.metaKey);
    }
  });
  list.addEventListener("mousemove", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) mark(options().indexOf(option));
  });
});
