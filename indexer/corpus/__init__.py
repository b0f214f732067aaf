"""From a corpus to articles of paragraphs: files, fields, languages. Start at `corpus`."""
