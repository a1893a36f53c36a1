// Small helpers for building and changing elements without markup strings.

const SPRITE = document.documentElement.dataset.icons;

export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

/** `el("td.end", {"data-label": "Price"}, "1.00")` */
export function el(spec, attributes = {}, ...children) {
  const [tag, ...classes] = spec.split(".");
  const node = document.createElement(tag || "div");
  if (classes.length) node.className = classes.join(" ");
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${SPRITE}#${name}`);
  svg.append(use);
  return svg;
}

/** Sets text only where it differs: most cells stay as they are between two frames. */
export function put(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

const queue = new Set();
let framed = false;
function run() {
  framed = false;
  const work = [...queue];
  queue.clear();
  for (const draw of work) draw();
}

/** Draws at most once a frame however often it is asked for. */
export function schedule(draw) {
  queue.add(draw);
  if (!framed) {
    framed = true;
    // A hidden page gets no frames; a timer keeps it from falling behind.
    if (document.hidden) setTimeout(run, 250);
    else requestAnimationFrame(run);
  }
}

export function page(id) {
  const node = document.getElementById(id);
  return node ? JSON.parse(node.textContent) : null;
}

export function cookie(name) {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}
