"""Tests of pages, as a package: what one browser serves ends with them (a fixture's scope)."""
