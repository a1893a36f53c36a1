"""Which events of the journal a market takes in, and in which order."""

# What is taken in, by which method, in this order: pending, released, waiting, activated, triggered
# and replaced, as they follow each other, come before what becomes of the order then.
HANDLERS = (
    ("AssetCreated", "_on_asset"),
    ("InstrumentCreated", "_on_instrument"),
    ("OrderListPlaced", "_on_list_placed"),
    ("OrderAccepted", "_on_accepted"),
    ("OrderPending", "_on_pending"),
    ("OrderReleased", "_on_released"),
    ("OrderWaiting", "_on_waiting"),
    ("OrderActivated", "_on_activated"),
    ("OrderTriggered", "_on_triggered"),
    ("OrderReplaced", "_on_replaced"),
    ("OrderRested", "_on_rested"),
    ("OrderUncrossed", "_on_uncrossed"),
    ("OrderRefreshed", "_on_refreshed"),
    ("Traded", "_on_traded"),
    ("OrderReduced", "_on_reduced"),
    ("OrderClosed", "_on_closed"),
    ("FundsCredited", "_on_credited"),
    ("FundsDebited", "_on_debited"),
    ("InstrumentStateChanged", "_on_state"),
    ("SessionSet", "_on_session"),
    ("ReferencePriceSet", "_on_reference"),
)
EVENTS = frozenset({"InstrumentChanged", *(name for name, _ in HANDLERS)})
