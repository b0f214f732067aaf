"""What a reader gets to see: hits with highlights, citations, facets and alignments. Start at `hits`."""
