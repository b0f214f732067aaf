"""JSON, by the line or by the file, in our fields or those of other programs. Start at `files`."""
