// The page without a network: goes on by itself as soon as there is one.

const again = () => location.reload();
addEventListener("online", again);
document.querySelector("[data-again]")?.addEventListener("click", again);
