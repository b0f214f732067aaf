"""Plain text and Markdown, as files and in the fields of articles. Start at `plaintext`, or at `field_text`."""
