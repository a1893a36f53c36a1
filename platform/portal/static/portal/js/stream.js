// One WebSocket to /ws/v1/stream: subscriptions that survive reconnects, requests that end in an
// answer, "not sent" or "unknown", and a state that says honestly how things stand.

const QUIET_MS = 12_000; // nothing heard for so long: ask
const DEAD_MS = 25_000; // still nothing: the connection is gone
const ANSWER_MS = 6_000;
const BACKOFF_MS = [400, 1_000, 2_000, 4_000, 8_000, 15_000];
const LOST = { code: "ORDER_UNKNOWN" };
// Answers that leave open whether it was done.
const UNKNOWN_CODES = new Set(["ORDER_UNKNOWN", "INTERNAL_ERROR"]);

/** `kind` is "refused" (the server said no), "not_sent" or "unknown" (sent, answer lost: the code
 *  is ORDER_UNKNOWN if the server did not give another). */
export class RequestFailure extends Error {
  constructor(kind, error = {}) {
    super(error.message || kind);
    this.kind = kind;
    this.code = error.code || "";
    this.help = error.help || "";
  }
}

export class Stream extends EventTarget {
  constructor(path = "/ws/v1/stream") {
    super();
    this.url = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${path}`;
    this.channels = new Map(); // channel → handler(message)
    this.pending = new Map(); // id → {resolve, reject, timer}
    this.nextId = 1;
    this.attempt = 0;
    this.state = "connecting";
    this.retryAt = 0;
    window.addEventListener("online", () => this.retryNow());
    window.addEventListener("offline", () => this.#drop());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.retryNow();
    });
    setInterval(() => this.#watch(), 3_000);
    this.#connect();
  }

  get live() { return this.state === "live"; }

  subscribe(channel, handler) {
    this.channels.set(channel, handler);
    if (this.live) this.#send({ op: "subscribe", channels: [channel], id: this.nextId++ });
  }

  unsubscribe(channel) {
    this.channels.delete(channel);
    if (this.live) this.#send({ op: "unsubscribe", channels: [channel], id: this.nextId++ });
  }

  /** After a gap in the numbers: leave and join again, which brings a fresh snapshot. */
  resubscribe(channel) {
    if (!this.live) return;
    this.#send({ op: "unsubscribe", channels: [channel], id: this.nextId++ });
    this.#send({ op: "subscribe", channels: [channel], id: this.nextId++ });
  }

  /** Resolves to the result of the answer; rejects with a RequestFailure. */
  request(op, args) {
    if (!this.live) return Promise.reject(new RequestFailure("not_sent"));
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.pending.delete(id);
        reject(new RequestFailure("unknown", LOST));
      }, ANSWER_MS);
      this.pending.set(id, { resolve, reject, timer });
      if (!this.#send({ op, id, args })) {
        clearTimeout(timer);
        this.pending.delete(id);
        reject(new RequestFailure("not_sent"));
      }
    });
  }

  retryNow() {
    if (this.state === "waiting" || this.state === "offline") {
      clearTimeout(this.timer);
      this.#connect();
    }
  }

  #setState(state) {
    this.state = state;
    this.dispatchEvent(new Event("state"));
  }

  #connect() {
    this.#setState("connecting");
    const socket = new WebSocket(this.url);
    this.socket = socket;
    this.heardAt = Date.now();
    socket.onopen = () => {
      if (socket !== this.socket) return;
      this.heardAt = Date.now();
      this.attempt = 0;
      this.#setState("live");
      const channels = [...this.channels.keys()];
      if (channels.length) this.#send({ op: "subscribe", channels, id: this.nextId++ });
    };
    socket.onmessage = (event) => {
      if (socket !== this.socket) return;
      this.heardAt = Date.now();
      this.#receive(JSON.parse(event.data));
    };
    socket.onclose = () => {
      if (socket === this.socket) this.#lost();
    };
  }

  #receive(message) {
    if (message.channel) {
      this.channels.get(message.channel)?.(message);
      return;
    }
    const waiting = this.pending.get(message.id);
    if (!waiting) {
      if (message.ok === false) this.dispatchEvent(new CustomEvent("complaint", { detail: message.error }));
      return;
    }
    this.pending.delete(message.id);
    clearTimeout(waiting.timer);
    if (message.ok) waiting.resolve(message.result);
    else waiting.reject(new RequestFailure(kindOf(message.error), message.error));
  }

  #lost() {
    this.socket = null;
    for (const { reject, timer } of this.pending.values()) {
      clearTimeout(timer);
      reject(new RequestFailure("unknown", LOST));
    }
    this.pending.clear();
    const pause = BACKOFF_MS[Math.min(this.attempt++, BACKOFF_MS.length - 1)];
    const wait = pause * (0.75 + Math.random() / 2);
    this.retryAt = Date.now() + wait;
    this.timer = setTimeout(() => this.#connect(), wait);
    this.#setState(navigator.onLine ? "waiting" : "offline");
  }

  #send(message) {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  #watch() {
    if (!this.socket || this.state !== "live") return;
    const quiet = Date.now() - this.heardAt;
    if (quiet > DEAD_MS) this.#drop();
    else if (quiet > QUIET_MS) this.#send({ op: "ping" });
  }

  /** The connection is as good as gone, though the socket may not know it yet. */
  #drop() {
    const socket = this.socket;
    if (!socket) return;
    this.#lost();
    socket.close();
  }
}

function kindOf(error) {
  return UNKNOWN_CODES.has(error?.code) ? "unknown" : "refused";
}
