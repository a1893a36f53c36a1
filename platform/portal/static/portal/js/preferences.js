// What the user has set for himself (portal/preferences.py declares it): with the server for who is
// signed in, else in this browser. Nothing waits for it and nothing fails with it: what could not be
// saved is tried again at the next change and when the page is left.

import { cookie } from "./dom.js";

const PAUSE_MS = 600;
const KEY = "preferences";

export class Preferences extends EventTarget {
  /** `kept`: {name: value} as the page was given it; `symbol`: whose drawings "drawings" means. */
  constructor({ kept, signedIn, symbol = "" }) {
    super();
    this.signedIn = signedIn;
    this.symbol = symbol;
    this.values = signedIn ? { ...kept } : { ...stored() };
    this.changed = new Map(); // address → value still to be sent; undefined: to be forgotten
    addEventListener("pagehide", () => this.flush());
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.flush(); });
  }

  get(name, otherwise = undefined) { return this.values[this.#key(name)] ?? otherwise; }

  /** The fields of a preference that is an object, over the defaults given. */
  fields(name, defaults) { return { ...defaults, ...this.get(name, {}) }; }

  set(name, value) {
    this.#put(name, value);
    this.dispatchEvent(new CustomEvent("change", { detail: name }));
  }

  /** Sets one field, or several, of a preference that is an object. */
  update(name, fields) { this.set(name, { ...this.get(name, {}), ...fields }); }

  forget(name) { this.set(name, undefined); }

  #put(name, value) {
    const key = this.#key(name);
    if (value === undefined) delete this.values[key];
    else this.values[key] = value;
    if (!this.signedIn) {
      localStorage.setItem(KEY, JSON.stringify(this.values));
      return;
    }
    this.changed.set(name === "drawings" ? `drawings:${this.symbol}` : name, value);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), PAUSE_MS);
  }

  /** Sends what has changed; resolves when all of it was answered. */
  async flush() {
    clearTimeout(this.timer);
    const changed = [...this.changed];
    this.changed.clear();
    await Promise.all(changed.map(([address, value]) => this.#send(address, value)));
  }

  async #send(address, value) {
    const forget = value === undefined;
    try {
      const answer = await fetch(`/preferences/${encodeURIComponent(address)}`, {
        method: forget ? "DELETE" : "POST",
        body: forget ? undefined : JSON.stringify(value),
        headers: { "Content-Type": "application/json", "X-CSRFToken": cookie(CSRF) || cookie("csrf") },
        credentials: "same-origin", keepalive: true, redirect: "manual",
      });
      if (answer.status === 429 || answer.status >= 500) throw new Error(String(answer.status));
    } catch {
      if (!this.changed.has(address)) this.changed.set(address, value); // with the next change
    }
  }

  // A visitor's browser keeps drawings of each instrument under a name of its own.
  #key(name) { return name === "drawings" && !this.signedIn ? `drawings:${this.symbol}` : name; }
}

const CSRF = "__Host-csrf";

function stored() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "{}");
  } catch {
    return {};
  }
}
