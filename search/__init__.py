"""The ground of Paraglot: the words, the seams, the format on disk, and ranking. It imports nothing else of ours.

Start reading at `paraglot.search.engine.searcher`. A query goes down through ``query/`` (what is asked), the seam
`index.py` to an index (``folder/`` or ``memory/``), ``ranking/`` (the order) and ``answer/`` (what is shown); below
them lie ``text/``, ``lexicon/`` and ``encoders/``.
"""
