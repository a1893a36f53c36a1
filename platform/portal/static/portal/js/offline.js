// The page without a network: goes on by itself as soon as the server answers. A browser calls itself
// online before that (a cable back in, the name server not yet), and says so only once: so it is asked.
const EVERY_MS = 3000;

async function goOn() {
  try {
    await fetch(import.meta.url, { method: "HEAD", cache: "no-store" });
  } catch {
    return; // not yet
  }
  location.reload();
}

addEventListener("online", goOn);
setInterval(goOn, EVERY_MS);
document.querySelector("[data-again]")?.addEventListener("click", () => location.reload());
