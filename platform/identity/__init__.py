"""Users, second factor, devices, sessions, API keys, staff roles."""
