"use strict";
// The staff's web: the menu on narrow screens, rows that lead somewhere, forms that send once.

document.addEventListener("DOMContentLoaded", () => {
  const root = document.documentElement;
  const opener = document.querySelector("[data-menu-open]");

  function setMenu(open) {
    root.classList.toggle("bo-menu-is-open", open);
    if (opener) opener.setAttribute("aria-expanded", String(open));
  }
  if (opener) {
    opener.addEventListener("click", () => setMenu(true));
    document.querySelectorAll("[data-menu-close]").forEach((element) =>
      element.addEventListener("click", () => { setMenu(false); opener.focus(); }));
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && root.classList.contains("bo-menu-is-open")) {
        setMenu(false);
        opener.focus();
      }
    });
  }

  // The menu is longer than most screens: the line of this page is brought into it.
  const menu = document.querySelector(".bo-nav");
  const here = menu && menu.querySelector("[aria-current]");
  if (here) {
    const below = here.getBoundingClientRect().bottom - menu.getBoundingClientRect().bottom;
    if (below > -60) menu.scrollTop += below + menu.clientHeight / 2;
  }

  document.querySelectorAll("tr[data-href]").forEach((row) =>
    row.addEventListener("click", (event) => {
      if (event.target.closest("a, button, input, select, label") || String(getSelection())) return;
      location.href = row.dataset.href;
    }));

  document.querySelectorAll("form[data-once]").forEach((form) =>
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) {
        event.preventDefault();
        return;
      }
      form.dataset.sent = "1";
      // A moment later: a disabled button would not be sent, and some say what to do.
      setTimeout(() => form.querySelectorAll('button[type="submit"]').forEach((button) => { button.disabled = true; }));
    }));
  // Coming back with the browser's button shows the form ready again.
  window.addEventListener("pageshow", () =>
    document.querySelectorAll("form[data-once]").forEach((form) => {
      delete form.dataset.sent;
      form.querySelectorAll('button[type="submit"]').forEach((button) => { button.disabled = false; });
    }));

  document.querySelectorAll("[data-submit]").forEach((element) =>
    element.addEventListener("change", () => element.form.requestSubmit()));

  const wide = matchMedia("(min-width: 721px)").matches;
  document.querySelectorAll("details[data-open-wide]").forEach((element) => {
    element.open = wide || "set" in element.dataset;
  });

  // Unfold's script, which runs after this, writes a chosen file's name into a field of its own
  // widget: ours have none.
  document.querySelectorAll("input[type=file]").forEach((input) => { input.hasChangeListener = true; });

  const failed = document.querySelector(".has-errors .bo-input, .bo-note-error");
  if (failed && failed.focus) failed.focus();

  drawBars();
  answerKeys();
});

// One-letter keys of a page. They go somewhere or set the focus; nothing is ever sent by one.
function answerKeys() {
  const rows = document.querySelector("[data-rows]");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const key = event.key.toLowerCase();
    const element = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === key);
    if (element) {
      event.preventDefault();
      if (element.dataset.keyFocus) document.getElementById(element.dataset.keyFocus).focus();
      else if (element.href) location.href = element.href;
      else element.focus();
    } else if (rows && (key === "j" || key === "k")) {
      const links = [...rows.querySelectorAll("a")];
      const at = links.indexOf(document.activeElement) + (key === "j" ? 1 : -1);
      if (links[Math.max(at, 0)]) links[Math.max(at, 0)].focus();
    }
  });
}

// A bar chart from data that stands in the page as JSON: {labels: [...], values: [...], unit: ""}.
function drawBars() {
  document.querySelectorAll("canvas[data-chart]").forEach((canvas) => {
    const data = JSON.parse(document.getElementById(canvas.dataset.chart).textContent);
    const style = getComputedStyle(document.documentElement);
    const ink = style.getPropertyValue("--bo-text-soft").trim();
    const line = style.getPropertyValue("--bo-line").trim();
    new Chart(canvas, {
      type: "bar",
      data: { labels: data.labels, datasets: [{ data: data.values, borderRadius: 4, maxBarThickness: 28,
        backgroundColor: style.getPropertyValue("--color-primary-500").trim() }] },
      options: {
        animation: false, maintainAspectRatio: false,
        plugins: { legend: { display: false } },
        scales: {
          x: { grid: { display: false }, ticks: { color: ink, maxRotation: 0, autoSkipPadding: 12 } },
          y: { beginAtZero: true, grid: { color: line }, border: { display: false }, ticks: { color: ink, maxTicksLimit: 5 } },
        },
      },
    });
  });
}
