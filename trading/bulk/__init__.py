"""Engine events as numpy columns, and numpy columns as binary COPY into PostgreSQL."""
