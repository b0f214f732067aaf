"""What whoever runs the service may have otherwise on the page: its name, its sign and its colour."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from paraglot.api.settings import Settings

PAPERS = ("#ffffff", "#14181d")
"""What links and buttons stand on, in the light and in the dark (`--paper` of ``static/page.css``)."""

LEAST_CONTRAST = 4.5
"""Of a text (WCAG 2.2, 1.4.3)."""

PICTURES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
}


@dataclass(frozen=True, slots=True)
class Brand:
    """``title`` is in place of the page's own, ``logo`` a file, ``colours`` those of links and buttons in the light and
    in the dark; each where it is set.
    """

    title: str | None = None
    logo: Path | None = None
    colours: tuple[str, ...] = ()

    @classmethod
    def of(cls, settings: Settings) -> Brand:
        """What the settings say."""
        return cls(settings.page_title, settings.page_logo, settings.page_colours)

    @property
    def style(self) -> str:
        """The colours in CSS, laid over the page's own."""
        light, dark = self.colours
        return (
            f":root {{ --accent: {light}; }}\n@media (prefers-color-scheme: dark) {{ :root {{ --accent: {dark}; }} }}\n"
        )


def colour_pair(value: object) -> tuple[str, ...]:
    """Colours for the light and for the dark, from a list or with a comma between. Raises `ValueError` where they are
    none, or what is written in them could not be read.

    >>> colour_pair("#7a1f2b, #FFB3B8")
    ('#7a1f2b', '#ffb3b8')
    """
    listed = value.split(",") if isinstance(value, str) else value
    if not isinstance(listed, list | tuple) or not all(isinstance(entry, str) for entry in listed):
        raise ValueError("must be two colours, for light and dark, such as #7a1f2b,#ffb3b8")
    colours = tuple(entry.strip().lower() for entry in listed)
    if len(colours) != len(PAPERS) or not all(re.fullmatch(r"#[0-9a-f]{6}", colour_) for colour_ in colours):
        raise ValueError("must be two colours, for light and dark, such as #7a1f2b,#ffb3b8")
    for colour, paper in zip(colours, PAPERS, strict=True):
        found = contrast(colour, paper)
        if found < LEAST_CONTRAST:
            reason = f"{colour} on {paper} has a contrast of {found:.1f}, {LEAST_CONTRAST} is the least"
            raise ValueError(f"must be readable ({reason})")
    return colours


def picture(value: object) -> Path:
    """The file of a logo. Raises `ValueError` where it is none that pages show."""
    path = Path(value).expanduser() if isinstance(value, str | Path) and str(value) else None
    if path is None or path.suffix.lower() not in PICTURES:
        raise ValueError(f"must be a picture ({', '.join(PICTURES)})")
    if not path.is_file():
        raise ValueError("must be a file that is there")
    return path


def contrast(first: str, second: str) -> float:
    """The contrast of two colours (WCAG 2.2): 1 for the same, 21 for black and white.

    >>> contrast("#000000", "#ffffff"), round(contrast("#1a5490", "#ffffff"), 1)
    (21.0, 7.7)
    """
    darker, lighter = sorted(map(_luminance, (first, second)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
