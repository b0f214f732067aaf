"""Settings: which source wins, and how a fault is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.settings import Settings, load_settings
from search.errors import InvalidSettings


def test_flags_before_environment_before_file_before_defaults(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text('index = "from-file"\nlimit = 5\nport = 1')
    environment = {"ROSETTA_CONFIG": str(file), "ROSETTA_LIMIT": "7", "ROSETTA_PORT": "2", "HOME": "/"}
    settings = load_settings({"port": 3, "mode": None}, environment)
    assert settings == Settings(index=Path("from-file"), limit=7, port=3)


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        (
            {"ROSETTA_LIMITS": "7"},
            "environment variable ROSETTA_LIMITS: there is no setting 'limits'. Did you mean 'limit'?",
        ),
        ({"ROSETTA_LIMIT": "many"}, "environment variable ROSETTA_LIMIT: limit must be a whole number from 1 to 100"),
        ({"ROSETTA_MODE": "magic"}, "mode must be one of hybrid, keyword, semantic, not 'magic'"),
        ({"ROSETTA_CONFIG": "gone.toml"}, "gone.toml: cannot be read"),
    ],
)
def test_faults_name_the_place(environment: dict[str, str], message: str) -> None:
    with pytest.raises(InvalidSettings) as caught:
        load_settings({}, environment)
    assert message in str(caught.value)


def test_unknown_keys_of_a_file_are_errors(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text("colour = 1")
    with pytest.raises(InvalidSettings, match=r"own.toml: there is no setting 'colour'. Known are: index"):
        load_settings({}, {"ROSETTA_CONFIG": str(file)})
