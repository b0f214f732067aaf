"""The ground of Paraglot: the words, the seams, the format on disk, and ranking. It imports nothing else of ours.

Start reading at `paraglot.search.engine`.
"""
