"""Who did what to which object, old and new value, hash-chained."""
