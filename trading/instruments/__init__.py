"""Assets, instruments, fee schedules and their history."""
