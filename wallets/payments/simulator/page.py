"""The payment page of the simulated gateway: pay, decline, go away, or have it go wrong."""

from html import escape

from wallets.payments.simulator.till import Payment

_STYLE = """
:root{color-scheme:light dark;--ink:#16202e;--soft:#5b6a7d;--page:#eef2f7;--card:#fff;
--line:#d5dde7;--go:#0b6b50;--no:#a3262e}
@media(prefers-color-scheme:dark){:root{--ink:#e8eef6;--soft:#a5b3c4;--page:#0f1621;--card:#18222f;
--line:#314154;--go:#3fbf95;--no:#f0868d}}
*{box-sizing:border-box}body{margin:0;font:16px/1.5 system-ui,sans-serif;color:var(--ink);
background:var(--page);display:grid;min-height:100vh;place-items:center;padding:16px}
main{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:24px;
width:100%;max-width:420px}
h1{font-size:16px;margin:0 0 4px;color:var(--soft);font-weight:600}
.sum{font-size:34px;font-weight:700;margin:0 0 4px;font-variant-numeric:tabular-nums}
p{margin:0 0 16px;color:var(--soft)}
label{display:block;font-size:14px;margin:12px 0 4px}
input{width:100%;font:inherit;padding:11px 12px;border:1px solid var(--line);border-radius:8px;
background:transparent;color:inherit}
button{width:100%;font:inherit;font-weight:600;padding:12px;border-radius:8px;border:1px solid
var(--line);background:transparent;color:inherit;margin-top:10px;cursor:pointer}
button.go{background:var(--go);border-color:var(--go);color:#fff}
@media(prefers-color-scheme:dark){button.go{color:#06231a}}
button.no{color:var(--no)}details{margin-top:18px;border-top:1px solid var(--line);padding-top:12px}
summary{cursor:pointer;color:var(--soft)}
.note{border-left:3px solid var(--line);padding-left:10px;font-size:14px}
"""

FAULTS = (
    ("duplicate", "Pay; the event comes twice"),
    ("late", "Pay; the event comes 20 seconds late"),
    ("drop", "Pay; no event comes at all"),
    ("wrong_signature", "Pay; the event is forged"),
    ("other_amount", "Pay one unit less than asked for"),
)


def page(payment: Payment) -> str:
    """The page of one payment."""
    status = payment["status"]
    if status != "open":
        words = {"paid": "This is paid.", "declined": "The card was declined."}
        inner = f"<p>{words.get(status, 'This page has expired.')}</p>" + _form(
            "leave", "Back to the shop", "go"
        )
    else:
        faults = "".join(_form(f"pay:{name}", text, "") for name, text in FAULTS)
        inner = (
            '<form method="post"><input type="hidden" name="do" value="pay">'
            '<label for="payer">Name on the card</label>'
            f'<input id="payer" name="payer" autocomplete="cc-name" maxlength="140" '
            f'value="{escape(payment["payer_name"])}">'
            '<label for="card">Card number</label>'
            '<input id="card" inputmode="numeric" autocomplete="off" readonly '
            'value="4242 4242 4242 4242">'
            f'<button class="go">Pay {_sum(payment)}</button></form>'
            + _form("decline", "Have the card declined", "no")
            + _form("leave", "Go back without paying", "")
            + f"<details><summary>Behave badly</summary>{faults}</details>"
        )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<link rel="icon" href="data:,">'
        f"<title>Pay {_sum(payment)}</title><style>{_STYLE}</style></head><body><main>"
        f'<h1>Simulated card gateway</h1><div class="sum">{_sum(payment)}</div>'
        f'<p class="note">Order {escape(payment["order_id"])}. No money moves: this page stands in '
        f"for a gateway&rsquo;s.</p>{inner}</main></body></html>"
    )


def _form(do: str, label: str, css: str) -> str:
    return (
        f'<form method="post"><input type="hidden" name="do" value="{do}">'
        f'<button class="{css}">{label}</button></form>'
    )


def _sum(payment: Payment) -> str:
    return escape(f"{payment['asked']} {payment['currency']}")
