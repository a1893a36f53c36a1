// How the connection stands, in words, always visible; and a bar when prices are not current.

import { $, $$, put } from "../dom.js";
import { _, say } from "../text.js";

export class Connection {
  constructor(stream, root) {
    Object.assign(this, { stream, root, lost: false });
    this.bar = $(".stale-bar");
    stream.addEventListener("state", () => this.draw());
    setInterval(() => { if (stream.state === "waiting") this.draw(); }, 500);
    $("button", this.bar).addEventListener("click", () => stream.retryNow());
    this.draw();
  }

  draw() {
    const { stream, bar } = this;
    const words = {
      live: _("Live"), connecting: _("Connecting…"), offline: _("You are offline"),
      waiting: say("Reconnecting in %(seconds)s s", { seconds: Math.max(0, Math.ceil((stream.retryAt - Date.now()) / 1000)) }),
    };
    for (const node of $$(".live")) {
      node.dataset.state = stream.state;
      put($("span", node) ?? node, words[stream.state]);
    }
    // A first connection is not yet a lost one.
    this.lost = stream.live ? false : this.lost || stream.state !== "connecting";
    bar.hidden = !this.lost;
    this.root.classList.toggle("stale", this.lost);
    if (!this.lost) return;
    put($("span", bar), stream.state === "offline"
      ? _("You are offline. Prices and orders shown are not current.")
      : say("Connection lost. Prices and orders shown are not current. %(state)s", { state: words[stream.state] }));
  }
}
