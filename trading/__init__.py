"""Trading: the engine and the rooms around it."""
