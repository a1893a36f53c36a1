"""Publisher: depth, trades, tickers, candles, private updates."""
