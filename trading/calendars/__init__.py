"""When instruments trade: weekly sessions, holidays, and the steps sent to the engine."""
