"""The ground of Paraglot: the words, the seams, the format on disk, and ranking. It imports nothing else of ours.

Start reading at `paraglot.search.searcher`. A query goes down through ``query/`` (what is asked), ``folder/`` (the
index), ``ranking/`` (the order) and ``answer/`` (what is shown); below them ``text/``, ``lexicon/``, ``encoders/``.
"""
