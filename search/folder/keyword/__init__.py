"""The keyword index of a folder: segments of words, mapped, over Whoosh's term dictionary. Start at `keyword`."""
