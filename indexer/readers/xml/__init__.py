"""XML: feeds, news formats, exports of WordPress, and documents that are not quite XML. Start at `parsing`."""
