"""Every knob: documented, with its unit, and read only when asked for."""

import pytest

from app.settings import Settings


def test_the_database_stands_in_the_home_folder_unless_it_is_named(tmp_path, monkeypatch):
    monkeypatch.delenv("WINNOW_DATABASE_URL", raising=False)
    assert Settings(home=tmp_path).database_url == f"sqlite:///{tmp_path}/winnow.db"
    monkeypatch.setenv("WINNOW_HOME", "/srv/winnow")
    assert Settings().database_url == "sqlite:////srv/winnow/winnow.db"
    monkeypatch.setenv("WINNOW_DATABASE_URL", "sqlite:///x.db")
    assert Settings().database_url == "sqlite:///x.db"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_has_a_sentence_and_a_default(name):
    field = Settings.model_fields[name]
    assert field.description is not None
    assert field.description.endswith(".")
    assert not field.is_required()


def test_the_metrics_key_is_not_printed(monkeypatch):
    monkeypatch.setenv("WINNOW_METRICS_KEY", "secret")
    assert "secret" not in repr(Settings())


def test_a_setting_that_cannot_be_is_refused_by_name(monkeypatch):
    monkeypatch.setenv("WINNOW_MAX_BODY_BYTES", "many")
    with pytest.raises(ValueError, match="max_body_bytes"):
        Settings()


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("", ""),
        ("https://winnow.example", "https://winnow.example"),
        ("HTTPS://Winnow.Example/", "https://winnow.example"),
        (" https://winnow.example:443/ ", "https://winnow.example"),
        ("http://winnow.example:80", "http://winnow.example"),
        ("http://192.168.1.5:8000", "http://192.168.1.5:8000"),
        ("http://[2001:db8::1]:8000", "http://[2001:db8::1]:8000"),
    ],
)
def test_the_public_address_is_kept_as_browsers_write_an_origin(written, kept):
    assert Settings(public_url=written).public_url == kept


@pytest.mark.parametrize(
    "written", ["winnow.example", "ftp://winnow.example", "https://", "https://a.example/b", "https://a@b.example", "x"]
)
def test_a_public_address_with_anything_more_or_less_is_refused(written):
    with pytest.raises(ValueError, match="an address without a path is expected"):
        Settings(public_url=written)
