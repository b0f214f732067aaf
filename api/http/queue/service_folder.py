"""Whether a service can write what is its own: the queue of writes, and bodies on their way in."""

from __future__ import annotations

from paraglot.search import disk
from paraglot.search.errors import DiskFailure
from paraglot.search.folder.layout import IndexLayout


def see_to_room(layout: IndexLayout) -> None:
    """Raises `DiskFailure` where a service could take in no write: its folder is read-only, or the disk is full."""
    try:
        disk.make_folder(layout.service)
        disk.probe(layout.service)
    except OSError as error:
        raise DiskFailure(
            f"{layout.service}: cannot be written: {error.strerror or error}.",
            "A service keeps its queue of writes there: see that this user may write it and that the disk has room.",
        ) from error
