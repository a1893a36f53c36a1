"""Rule sets, facts, decisions, alerts."""
