// Recomputes the way from the customer's leaves to the published root, in this browser.
// The construction is told in wallets/liabilities/tree.py.

import { $, $$, put } from "./dom.js";
import { _, say } from "./text.js";

const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const hex = (data) => Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");
const utf8 = new TextEncoder();

function amount(units) {
  if (units < 0n) throw new Error(_("An amount on the way is below zero."));
  return bytes(units.toString(16).padStart(32, "0"));
}

async function sha256(...parts) {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest("SHA-256", whole));
}

export async function rootOf(leaf) {
  let units = BigInt(leaf.units);
  const id = await sha256(bytes("02"), bytes(leaf.salt), utf8.encode(leaf.name));
  let found = await sha256(bytes("00"), id, amount(units));
  for (const step of leaf.path) {
    const theirs = [bytes(step.hash), amount(BigInt(step.units))];
    const own = [found, amount(units)];
    const [left, right] = step.side === "left" ? [theirs, own] : [own, theirs];
    found = await sha256(bytes("01"), ...left, ...right);
    units += BigInt(step.units);
  }
  return { hash: hex(found), units };
}

async function check(own, asset, published) {
  const root = published.roots.find((row) => row.asset === asset.asset);
  if (published.id !== own.publication || !root) throw new Error(_("There is no published root for it."));
  let balance = 0n;
  for (const [part, leaf] of asset.leaves.entries()) {
    if (leaf.name !== `${own.publication}:${asset.asset}:${own.account}:${part}`) {
      throw new Error(_("A leaf is not yours."));
    }
    const found = await rootOf(leaf);
    if (found.hash !== root.root_hash || found.units !== BigInt(root.total_units)) {
      throw new Error(say(_("Leaf %(number)s does not lead to the published root."), { number: part + 1 }));
    }
    balance += BigInt(leaf.units);
  }
  if (balance !== BigInt(asset.balance_units)) throw new Error(_("The leaves are not the balance."));
}

function tell(card, outcome, text) {
  const badge = $("[data-outcome]", card);
  badge.className = `badge ${outcome === "right" ? "good" : "bad"}`;
  badge.dataset.outcome = outcome;
  put(badge, text);
}

async function main() {
  const own = JSON.parse($("#leaves").textContent);
  const cards = $$("[data-asset]");
  try {
    if (!globalThis.crypto?.subtle) throw new Error(_("This browser computes hashes on secure addresses only."));
    const published = await (await fetch($("[data-roots]").dataset.roots)).json();
    for (const card of cards) {
      const asset = own.assets.find((row) => row.asset === card.dataset.asset);
      try {
        await check(own, asset, published);
        tell(card, "right", _("Recomputed: it is in the published root"));
      } catch (error) {
        tell(card, "wrong", error.message);
      }
    }
  } catch (error) {
    for (const card of cards) tell(card, "wrong", error.message);
  }
}

main();
