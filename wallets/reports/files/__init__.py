"""A report as a file: CSV, XLSX, PDF. All three read the same columns of the same report."""
