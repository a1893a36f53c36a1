// Fills, told: the fills of one order within a moment become one toast, and a sound for who wants it.

import { group } from "../decimal.js";
import { _, say } from "../text.js";
import { toast } from "../toast.js";

const MOMENT_MS = 350;

export class News {
  constructor({ account, instrument, instruments, preferences }) {
    Object.assign(this, { instrument, instruments, preferences });
    this.heard = new Map(); // order id → {fills, timer}
    account.addEventListener("fill", ({ detail }) => this.#hear(detail));
  }

  get #settings() { return this.preferences.fields("terminal", { toasts: true, sound: false }); }

  #hear(fill) {
    const key = String(fill.order_id);
    const known = this.heard.get(key) ?? { fills: [] };
    known.fills.push(fill);
    clearTimeout(known.timer);
    known.timer = setTimeout(() => this.#tell(key), MOMENT_MS);
    this.heard.set(key, known);
  }

  #tell(key) {
    const { fills } = this.heard.get(key);
    this.heard.delete(key);
    const { toasts, sound } = this.#settings;
    if (sound) chime(fills[0].side);
    if (toasts) this.#toast(fills);
  }

  #toast(fills) {
    const [first] = fills;
    const rules = this.instruments.find((one) => one.symbol === first.instrument);
    const [base] = first.instrument.split("-");
    let { quantity } = first;
    if (fills.length > 1 && first.instrument === this.instrument.symbol) {
      quantity = this.instrument.quantityText(fills.reduce((sum, fill) => sum + (this.instrument.lotsOf(fill.quantity) ?? 0n), 0n));
    }
    const what = { quantity, asset: rules?.base ?? base };
    toast("good", first.side === "buy" ? say("Bought %(quantity)s %(asset)s", what) : say("Sold %(quantity)s %(asset)s", what),
      fills.length > 1 ? say("%(count)s fills, the last at %(price)s", { count: fills.length, price: group(fills[fills.length - 1].price) })
        : say("at %(price)s", { price: group(first.price) }));
  }
}

let audio = null;
/** Two short tones, rising for a buy and falling for a sell; made here, so that nothing is loaded. */
export function chime(side) {
  audio ??= new AudioContext();
  audio.resume();
  const tones = side === "buy" ? [660, 880] : [880, 660];
  for (const [at, tone] of tones.entries()) {
    const begins = audio.currentTime + at * 0.12;
    const wave = audio.createOscillator();
    const volume = audio.createGain();
    wave.frequency.value = tone;
    volume.gain.setValueAtTime(0.0001, begins);
    volume.gain.exponentialRampToValueAtTime(0.16, begins + 0.015);
    volume.gain.exponentialRampToValueAtTime(0.0001, begins + 0.22);
    wave.connect(volume).connect(audio.destination);
    wave.start(begins);
    wave.stop(begins + 0.25);
  }
}
