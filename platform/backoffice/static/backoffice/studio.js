// The brand studio: the portal's own pages and a mail in the colours and texts that are being typed.
"use strict";

const form = document.querySelector("form[data-studio]");
const stage = form.querySelector("[data-stage]");
const frame = stage.querySelector("iframe");
const contrast = form.querySelector("[data-contrast]");
const problems = form.querySelector("[data-problems]");
const SIZES = { desk: [1440, 900], phone: [390, 780] };
const PAUSE_MS = 250; // after the last key
const shown = { page: "front", scheme: "light", size: "desk", language: "" };
let timer = 0, underWay = false, again = false, wholeWanted = true;

function size() {
  const [width, height] = SIZES[shown.size];
  const isPhone = shown.size === "phone";
  const margin = isPhone ? 20 : 0;
  const scale = Math.min(1, (stage.clientWidth - 2 * margin) / width, isPhone ? 0.8 : 1);
  frame.style.width = `${width}px`;
  frame.style.height = `${height}px`;
  frame.style.transform = `scale(${scale})`;
  frame.style.left = `${Math.max(margin, (stage.clientWidth - width * scale) / 2)}px`;
  frame.style.top = `${margin}px`;
  stage.style.height = `${height * scale + 2 * margin}px`;
  stage.classList.toggle("is-phone", isPhone);
  frame.style.colorScheme = shown.scheme; // what a mail asks for
}

function put(html) {
  const before = frame.contentWindow ? frame.contentWindow.scrollY : 0;
  frame.addEventListener("load", () => frame.contentWindow.scrollTo(0, before), { once: true });
  frame.srcdoc = html;
}

async function draw() {
  if (underWay) { again = true; return; }
  underWay = true;
  const isWhole = wholeWanted;
  wholeWanted = false;
  const sent = new FormData(form);
  sent.set("shown_scheme", shown.scheme);
  sent.set("shown_language", shown.language);
  try {
    const answer = await fetch(frame.dataset.front.replace(/front\/$/, `${shown.page}/`), { method: "POST", body: sent });
    if (!answer.ok) throw new Error(String(answer.status));
    const told = await answer.json();
    if (isWhole) put(told.html);
    contrast.innerHTML = told.contrast;
    problems.replaceChildren(...Object.entries(told.problems).map(([name, text]) => {
      const line = document.createElement("p");
      line.textContent = `${name}: ${text}`;
      return line;
    }));
  } catch {
    problems.textContent = problems.dataset.away;
  } finally {
    underWay = false;
    if (again) { again = false; draw(); }
  }
}

function soon(isWhole) {
  wholeWanted = wholeWanted || isWhole;
  clearTimeout(timer);
  timer = setTimeout(draw, PAUSE_MS);
}

// A colour shows at once on a page of the portal: it is a variable there. A mail is drawn anew.
function paint(name) {
  const colour = name.replace(/^(light|dark)_/, "");
  const root = frame.contentDocument && frame.contentDocument.documentElement;
  if (shown.page === "mail" || !root) return false;
  const [light, dark] = ["light", "dark"].map((scheme) => form.elements[`${scheme}_${colour}`].value);
  root.style.setProperty(`--brand-${colour.replace("_", "-")}`, `light-dark(${light}, ${dark})`);
  return true;
}

form.addEventListener("input", (event) => {
  if (event.target.dataset.shown) return;
  soon(!(event.target.type === "color" && paint(event.target.name)));
});
form.addEventListener("change", (event) => {
  if (!event.target.dataset.shown) { if (event.target.type === "file") soon(true); return; }
  shown[event.target.dataset.shown] = event.target.value;
  size();
  soon(true);
});
form.querySelectorAll("button[data-shown]").forEach((button) => button.addEventListener("click", () => {
  shown[button.dataset.shown] = button.value;
  form.querySelectorAll(`button[data-shown="${button.dataset.shown}"]`).forEach((one) =>
    one.setAttribute("aria-pressed", String(one === button)));
  size();
  if (button.dataset.shown === "scheme") soon(true);
}));
const language = form.querySelector('select[data-shown="language"]');
shown.language = language ? language.value : "";
new ResizeObserver(size).observe(stage);
size();
draw();
