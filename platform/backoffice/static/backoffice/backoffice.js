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
      form.querySelectorAll('button[type="submit"]').forEach((button) => { button.disabled = true; });
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

  const failed = document.querySelector(".has-errors .bo-input, .bo-note-error");
  if (failed && failed.focus) failed.focus();

  drawBars();
  previewBrand();
});

// The brand's form paints its previews while colours are chosen, and says what is hard to read.
function previewBrand() {
  const form = document.querySelector("form[data-brand]");
  if (!form) return;
  const warnings = document.getElementById("contrast");
  const pairs = [["on_primary", "primary"], ["text", "background"], ["text", "surface"], ["primary", "surface"]];
  const colour = (scheme, name) => form.elements[`${scheme}_${name}`].value;
  const label = (scheme, name) => form.elements[`${scheme}_${name}`].labels[0].textContent.trim();

  function luminance(hex) {
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }
  function ratio(first, second) {
    const [low, high] = [luminance(first), luminance(second)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  }
  function paint() {
    const sentences = [];
    document.querySelectorAll(".bo-preview").forEach((preview) => {
      const scheme = preview.dataset.scheme;
      form.querySelectorAll(`[data-preview^="${scheme}-"]`).forEach((input) =>
        preview.style.setProperty(`--p-${input.dataset.preview.slice(scheme.length + 1)}`, input.value));
      preview.querySelector("[data-preview-name]").textContent = form.elements.name.value;
      for (const [text, ground] of pairs) {
        const found = ratio(colour(scheme, text), colour(scheme, ground));
        if (found < 4.5) {
          sentences.push(`${label(scheme, text)} / ${label(scheme, ground)} (${preview.dataset.title}): `
            + warnings.dataset.sentence.replace("%ratio%", found.toFixed(1)));
        }
      }
    });
    warnings.replaceChildren(...sentences.map((sentence) => {
      const note = document.createElement("div");
      note.className = "bo-note bo-note-warning";
      note.textContent = sentence;
      return note;
    }));
  }
  form.addEventListener("input", paint);
  paint();
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
