// Web push: ask, subscribe, keep the subscription with the login, and take it back.

import { cookie, put } from "./dom.js";
import { _ } from "./text.js";
import { toast } from "./toast.js";

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

function send(address, method, body) {
  return fetch(address, {
    method,
    body: JSON.stringify(body),
    headers: { "Content-Type": "application/json", "X-CSRFToken": cookie("__Host-csrf") || cookie("csrf") },
    credentials: "same-origin",
  });
}

/** Shows the row of `button` where the browser can do it, and lets it turn push on and off. */
export async function offer(button) {
  if (!("PushManager" in window) || !navigator.serviceWorker || !window.isSecureContext) return;
  const address = button.dataset.push;
  const worker = await navigator.serviceWorker.ready;
  const show = async () => {
    const on = await worker.pushManager.getSubscription();
    button.setAttribute("aria-pressed", String(Boolean(on)));
    put(button, on ? _("Turn off") : _("Turn on"));
    return on;
  };
  await show();
  button.closest("[data-push-row]").hidden = false;
  button.addEventListener("click", async () => {
    button.setAttribute("aria-busy", "true");
    try {
      const on = await show();
      if (on) {
        await send(address, "DELETE", { endpoint: on.endpoint });
        await on.unsubscribe();
      } else {
        const { key } = await (await fetch(address)).json();
        const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
        const answer = await send(address, "POST", made.toJSON());
        if (!answer.ok) {
          await made.unsubscribe();
          throw new Error(String(answer.status));
        }
      }
    } catch {
      const denied = Notification.permission === "denied";
      toast("warn", denied ? _("This browser does not allow notices from here. Change that in its settings for this site.") : _("That did not work. Try again in a moment."));
    } finally {
      button.removeAttribute("aria-busy");
      await show();
    }
  });
}
