// The count of unread notices at the bell, and new ones as toasts.

import { $, put } from "./dom.js";
import { live } from "./live.js";
import { toast } from "./toast.js";

/** Follows the user's notices. */
export function follow() {
  const count = $("[data-unread]");
  live().subscribe("notices", (message) => {
    put(count.firstChild, String(message.unread));
    count.hidden = message.unread === 0;
    const { notice } = message;
    if (notice) toast(notice.tone, notice.title, notice.text);
  });
}
