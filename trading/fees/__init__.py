"""Volume tiers: what a firm's customers pay the more they trade, and who pays what now."""
