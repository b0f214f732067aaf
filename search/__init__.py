"""The ground of Rosetta: the words, the seams, the format on disk, and ranking. It imports nothing else of ours.

Start reading at `search.engine`. Importing this package loads none of torch, faiss, whoosh and fastapi.
"""
