"""The two ways into the engine: send_command, enqueue_command; the relay."""
