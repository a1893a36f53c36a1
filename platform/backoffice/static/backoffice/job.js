"use strict";
// A page of work in the background: how far it is, once a second, until it ends.

document.addEventListener("DOMContentLoaded", () => {
  const panel = document.querySelector("[data-job]");
  if (!panel) return;
  const bar = panel.querySelector("progress");
  const count = panel.querySelector("[data-job-count]");

  async function look() {
    let wait = 1000;
    try {
      const answer = await fetch(panel.dataset.job, { headers: { Accept: "application/json" } });
      if (answer.status >= 500) throw new Error(String(answer.status)); // away for a moment as well
      if (!answer.ok || answer.redirected) return;
      const found = await answer.json();
      if (found.ended) {
        location.reload();
        return;
      }
      if (found.percent !== null) {
        bar.max = 100;
        bar.value = found.percent;
      }
      count.textContent = found.done.toLocaleString("en");
    } catch {
      wait = 5000; // the network or the server is away for a moment
    }
    setTimeout(look, document.hidden ? 5000 : wait);
  }
  setTimeout(look, 500);
});
