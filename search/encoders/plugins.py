"""Encoders of other packages, by the entry point group `GROUP`.

An entry point NAME is a function that is given what follows ``NAME:`` in ``--model`` ("" where nothing does) and
returns an `Encoder` whose spec has that name. Its author inherits `paraglot.search.contracts.EncoderContract`:

    [project.entry-points."paraglot.encoders"]
    mine = "my_package:encoder"

`importlib.metadata` is imported where it is needed: it takes 25 ms, and no command that names a built-in encoder does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from paraglot.search.encoders.protocols import Encoder
from paraglot.search.errors import EncoderMissing

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "paraglot.encoders"


def plugin_names() -> list[str]:
    """The names that packages here give, in order."""
    from importlib.metadata import entry_points

    return sorted({entry_point.name for entry_point in entry_points(group=GROUP)})


def plugin(name: str) -> Callable[[], Encoder] | None:
    """What loads the encoder that a ``--model`` names, where it is a plug-in's; None: it is not."""
    from importlib.metadata import entry_points

    first, _, rest = name.partition(":")
    found = next(iter(entry_points(group=GROUP, name=first)), None)
    return None if found is None else lambda: _loaded(found, name, rest)


def _loaded(found: EntryPoint, name: str, rest: str) -> Encoder:
    try:
        encoder: Encoder = found.load()(rest)
        own = encoder.spec.name
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        raise EncoderMissing(f"The plug-in {found.name!r} ({found.value}) gives no encoder: {reason}.") from error
    if own != name:  # an index finds its encoder by this name
        raise EncoderMissing(f"The plug-in {found.name!r} ({found.value}) calls its encoder {own!r}, not {name!r}.")
    return encoder
