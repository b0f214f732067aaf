"""Everything that can go wrong and that a user can mend, as one small tree.

ParaglotError
├── InvalidRequest      a search request breaks a rule; names the field
├── InvalidSettings     a flag, environment variable or settings file is wrong
├── IndexMissing        there is no committed index in the folder
├── IndexMismatch       the index was made by another format, analyzer or encoder
├── IndexDamaged        a file of the index is missing or does not say what it must
├── IndexLocked         another process is writing
├── DiskFailure         the disk refused: full, read-only, gone, not ours to read
├── ClusterFailure      the cluster of the index does not answer, or refused
│   └── GenerationGone      what was read is on the cluster no more: there is a newer generation
├── EncoderMissing      the named model, or the package that runs it, is not here
├── OutOfTime           an answer took longer than it may
└── NotFound            no article or paragraph has that id
    └── ParagraphChanged    an article had this paragraph, and has another in its place or none

Every message names the place and, in ``remedy``, what to do about it.
"""

from __future__ import annotations


class ParaglotError(Exception):
    """A failure with a message for people and a ``remedy`` that says what to do (may be empty)."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".rstrip()


class InvalidRequest(ParaglotError):
    """A search request breaks a rule; ``field`` is the name of the offending field."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class InvalidSettings(ParaglotError):
    """A setting is unknown or has a value it cannot have."""


class IndexMissing(ParaglotError):
    """The folder holds no committed index."""


class IndexMismatch(ParaglotError):
    """The index was made by another format, analyzer or encoder than the one asked for."""


class IndexDamaged(ParaglotError):
    """A file of the index is missing or does not say what it must."""


class IndexLocked(ParaglotError):
    """Another process is writing to this index."""


class DiskFailure(ParaglotError):
    """The disk refused: full, read-only, gone, or not to be read by this user. The last commit is whole."""


class ClusterFailure(ParaglotError):
    """The cluster of the index does not answer, answers in part, or refused. What was committed is as safe as it is."""


class GenerationGone(ClusterFailure):
    """The generation that was read is on the cluster no more: there is a newer one. An engine asks that by itself."""


class EncoderMissing(ParaglotError):
    """The named model cannot be loaded here, or the package that runs it is not installed."""


class OutOfTime(ParaglotError):
    """An answer took longer than it may, and what was begun of it has ended."""

    def __init__(self) -> None:
        super().__init__("The time was up before there was an answer.", "Ask for less, or again in a while.")


class NotFound(ParaglotError):
    """No article or paragraph of this generation has that id."""


class ParagraphChanged(NotFound):
    """An article had this paragraph once; ``successor`` is the id of the one in its place (None: there is none)."""

    def __init__(self, paragraph_id: str, successor: str | None) -> None:
        became = "was removed from its article" if successor is None else f"was changed; now it is {successor!r}"
        super().__init__(f"The paragraph {paragraph_id!r} {became}.")
        self.successor = successor
