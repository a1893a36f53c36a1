"""WebSocket streams: one Redis subscription a process, encoded once, written to many."""
