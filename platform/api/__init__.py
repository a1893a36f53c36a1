"""REST, WebSocket, error bodies, throttling, API-key signatures."""
