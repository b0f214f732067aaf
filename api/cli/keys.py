"""``paraglot keys``: make, list and revoke access keys."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from paraglot.api.cli.options import IndexOption, JsonOption
from paraglot.api.cli.output import message
from paraglot.api.service_folder import ServiceFolder
from paraglot.api.settings import COLLECTION_NAME, collections_of, load_settings
from paraglot.search.errors import InvalidSettings
from paraglot.search.folder.layout import IndexLayout

if TYPE_CHECKING:
    from paraglot.api.keys import KeyFile

keys_app = typer.Typer(
    name="keys", help="Make, list and revoke the keys that the service asks for.", no_args_is_help=True
)


@keys_app.command()
def create(
    scope: Annotated[
        str, typer.Option(help="search, write or admin; each may do what those before it may.")
    ] = "search",
    name: Annotated[str, typer.Option(help="What you call it.")] = "",
    filter: Annotated[
        str | None, typer.Option("--filter", help="Laid over all that the key reads, such as 'source = Gazette'.")
    ] = None,
    expires: Annotated[str | None, typer.Option(help="When it ends: 30d, 12h, or a date.")] = None,
    anonymous: Annotated[bool, typer.Option("--anonymous", help="What requests without a key may search.")] = False,
    collection: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Collection that it opens, or * for all; may be repeated."),
    ] = None,
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a key and print it, once. From then on every request needs a key."""
    from paraglot.api.keys import SCOPES

    if scope not in SCOPES:
        raise InvalidSettings(f"--scope must be one of {', '.join(SCOPES)}, not {scope!r}.")
    bound = _collections(index, collection or [])
    key, token = _file(index).create(scope, name, filter, expires, anonymous, bound)
    if filter:
        _tell_of_nothing(index, filter, bound)
    if as_json:
        fields = {name: value for name, value in asdict(key).items() if name != "hash"}
        typer.echo(json.dumps({**fields, "key": token or None}))
    elif token:
        typer.echo(token)
        typer.echo(f"paraglot: this is the only time that key {key.id} (scope {scope}) is shown.", err=True)
    else:
        typer.echo("paraglot: requests without a key may search from now on.", err=True)


@keys_app.command("list")
def list_command(index: IndexOption = None, as_json: JsonOption = False) -> None:
    """List the keys, not their secrets."""
    keys = [{name: value for name, value in asdict(key).items() if name != "hash"} for key in _file(index).all()]
    if as_json:
        typer.echo(json.dumps(keys, indent=2))
        return
    if not keys:
        message("There are no keys.")
    now = datetime.now(UTC)
    for key in _file(index).all():
        end = f"expire{'d' if key.expired(now) else 's'} {key.expires}" if key.expires else "does not expire"
        bound = f"collections: {', '.join(key.collections)}" if key.collections else ""
        filtered = f"filter: {key.filter}" if key.filter else ""
        parts = [key.id, key.scope, key.name, bound, filtered, f"made {key.created}", end]
        typer.echo("  ".join(filter(None, parts)))


@keys_app.command()
def revoke(
    ids: Annotated[list[str], typer.Argument(help="Ids of keys, as `paraglot keys list` tells them.")],
    index: IndexOption = None,
) -> None:
    """End keys at once, also in services that run."""
    _file(index).revoke(ids)
    message(f"revoked {', '.join(ids)}.")


def _collections(index: str | None, names: list[str]) -> list[str]:
    """The names, if a service could have such collections. Raises `InvalidSettings`."""
    from paraglot.api.keys import EVERY

    known = [name for name, _ in load_settings({"index": index}).collection]
    for name in names:
        if name != EVERY and not COLLECTION_NAME.fullmatch(name):
            raise InvalidSettings(
                f"--collection {name}: a name has small letters, digits, - and _; or write '{EVERY}'."
            )
        if name != EVERY and known and name not in known:
            raise InvalidSettings(f"--collection {name}: the settings name {', '.join(known)}.")
    return names


def _tell_of_nothing(index: str | None, filter_: str, bound: list[str]) -> None:
    """Say it where no article of what the key opens matches its filter: a name in it is likely mistyped."""
    from paraglot.api.keys import EVERY
    from paraglot.search.folder.snapshot import open_store
    from paraglot.search.parts.reading import unknown_names
    from paraglot.search.query.filters import parse_filter

    places = collections_of(load_settings({"index": index})).items()
    opened = [place for name, place in places if not bound or EVERY in bound or name in bound]
    folders = [IndexLayout(place) for place in opened if isinstance(place, Path)]
    if not folders or len(folders) < len(opened):
        return
    warnings: list[str] = []
    for folder in folders:
        with open_store(folder) as store:
            if store.attributes.rows(parse_filter(filter_)):
                return
            warnings += unknown_names(store.attributes, filter_)
    message(" ".join(dict.fromkeys([f"No article matches {filter_!r} now: the key reads nothing.", *warnings])))


def _file(index: str | None) -> KeyFile:
    from paraglot.api.keys import KeyFile
    from paraglot.search.folder.snapshot import committed_number

    settings = load_settings({"index": index})
    if isinstance(settings.index, Path):
        committed_number(IndexLayout(settings.index))  # a key for a mistyped folder would protect nothing
    return KeyFile(ServiceFolder.of(settings).keys)
