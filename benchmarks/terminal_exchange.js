// Stands for the exchange in the page that terminal_frames.py measures: answers subscriptions and
// keeps a book of 400 levels moving, 50 updates of 20 levels a second.
(() => {
  const MIDDLE = 6400000, LEVELS = 200;
  const price = (ticks) => (ticks / 100).toFixed(2);
  const amount = () => (Math.floor(Math.random() * 90000 + 1000) / 100000).toFixed(5);
  class Exchange extends EventTarget {
    constructor() {
      super();
      this.readyState = 0;
      this.sent = 0;
      setTimeout(() => { this.readyState = 1; this.onopen?.({}); });
    }
    close() {}
    send(text) {
      const message = JSON.parse(text);
      if (message.op === 'subscribe') message.channels.forEach((channel) => this.join(channel));
    }
    tell(message) { this.sent += 1; this.onmessage?.({ data: JSON.stringify(message) }); }
    join(channel) {
      const [kind] = channel.split(':');
      if (kind === 'depth') this.depth(channel);
      if (kind === 'trades') setInterval(() => this.tell({ channel, type: 'update', trades: [{
        id: String(Date.now()), time: Date.now(), price: price(MIDDLE + Math.round(Math.random() * 60 - 30)),
        quantity: amount(), side: Math.random() < 0.5 ? 'buy' : 'sell' }] }), 100);
      if (kind === 'candles') setInterval(() => {
        const close = 64000 + Math.random() * 4;
        this.tell({ channel, type: 'update', candles: [[Math.floor(Date.now() / 60000) * 60000, '64000', '64010', '63990', close.toFixed(2), '12']] });
      }, 500);
    }
    depth(channel) {
      const side = (sign) => Array.from({ length: LEVELS }, (_none, at) => [price(MIDDLE + sign * (at + 1)), amount()]);
      this.tell({ channel, type: 'snapshot', seq: 1, bids: side(-1), asks: side(1) });
      let seq = 1;
      window.bookUpdates = 0;
      const some = (sign) => Array.from({ length: 10 }, () => {
        const at = Math.floor(Math.random() ** 2 * LEVELS);
        return [price(MIDDLE + sign * (at + 1)), amount()];
      });
      setInterval(() => {
        this.tell({ channel, type: 'update', previous: seq, seq: ++seq, bids: some(-1), asks: some(1) });
        window.bookUpdates += 1;
      }, 20);
    }
  }
  Exchange.OPEN = 1;
  window.WebSocket = Exchange;
})();
