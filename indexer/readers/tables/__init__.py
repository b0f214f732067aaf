"""CSV and TSV: rows as articles. Start at `tables`."""
