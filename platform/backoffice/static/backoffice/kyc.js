"use strict";
// A case decided by keyboard: a letter opens a form, Ctrl and Enter send it, j and k go through the
// pages of documents, z zooms.

document.addEventListener("DOMContentLoaded", () => {
  const dialogs = [...document.querySelectorAll("dialog[data-key]")];
  const links = [...document.querySelectorAll("a[data-key]")];
  const pages = [...document.querySelectorAll("[data-page]")];

  function open(dialog) {
    dialog.showModal();
    const first = dialog.querySelector("textarea, select, input:not([type=hidden])");
    (first || dialog.querySelector('button[type="submit"]')).focus();
  }
  document.querySelectorAll("[data-opens]").forEach((button) =>
    button.addEventListener("click", () => open(document.getElementById(button.dataset.opens))));
  document.querySelectorAll("[data-closes]").forEach((button) =>
    button.addEventListener("click", () => button.closest("dialog").close()));

  function zoom(page, wanted) {
    page.classList.toggle("is-large", wanted);
    if (page.classList.contains("is-large")) page.scrollIntoView({ block: "nearest" });
  }
  pages.forEach((page) => page.addEventListener("click", () => zoom(page)));

  function step(by) {
    const at = pages.indexOf(document.activeElement);
    const next = pages[Math.max(0, Math.min(pages.length - 1, at < 0 ? 0 : at + by))];
    if (next) {
      next.focus();
      next.scrollIntoView({ block: "center" });
    }
  }

  document.addEventListener("keydown", (event) => {
    const opened = document.querySelector("dialog[open]");
    if (opened) {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        opened.querySelector("form").requestSubmit();
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
    const key = event.key.toLowerCase();
    const dialog = dialogs.find((each) => each.dataset.key === key);
    const link = links.find((each) => each.dataset.key === key);
    if (dialog) open(dialog);
    else if (link) link.click();
    else if (key === "j") step(1);
    else if (key === "k") step(-1);
    else if (key === "z" && pages.length) zoom(pages.includes(document.activeElement) ? document.activeElement : pages[0]);
    else return;
    event.preventDefault();
  });
});
