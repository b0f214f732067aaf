"""Documents of office programs: Word and PDF."""
