"""Text to what is compared: words, terms of each language, sentences, dates. Start at `analysis`."""
