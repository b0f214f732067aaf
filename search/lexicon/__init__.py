"""What words mean and how they sound, in some forty languages, shipped with the package. Start at `lexicon`."""

from pathlib import Path

LEXICON_FOLDER = Path(__file__).parent / "data"
"""What `lexicon` reads, and the glosses of the built-in encoder are made by."""
