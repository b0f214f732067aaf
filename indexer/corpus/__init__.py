"""From a corpus to articles of paragraphs: files, fields, languages, furniture. Start at `corpus`."""
