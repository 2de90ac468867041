"""Settings: where they come from, which comes first, what a production start refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from gazetteer.settings import DEFAULT_SECRET_KEY, Settings, UnsafeSettings, read_settings, require_safe


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No QUMING_ variable but the home, and a working folder of this test's own."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"QUMING_{name.upper()}", raising=False)
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("QUMING_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_settings_when_nothing_is_set_then_it_is_a_development_system(bare_environment: Path) -> None:
    settings = read_settings()
    assert (settings.env, settings.host, settings.port) == ("development", "127.0.0.1", 8000)
    assert settings.home == bare_environment / "home"


def test_settings_when_several_places_name_one_then_the_nearest_counts(
    bare_environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (bare_environment / "home" / "quming.env").write_text(
        "QUMING_POOL_SIZE=1\nQUMING_THREADS=1\nQUMING_WORKERS=1\n", encoding="utf-8"
    )
    (bare_environment / ".env").write_text("QUMING_POOL_SIZE=2\nQUMING_THREADS=2\n", encoding="utf-8")
    monkeypatch.setenv("QUMING_POOL_SIZE", "3")
    settings = read_settings()
    assert (settings.pool_size, settings.threads, settings.workers) == (3, 2, 1)


@pytest.mark.parametrize("bind", ["8000", ":8000", "host:", "host:99999"])
def test_settings_when_bind_cannot_be_read_then_they_are_refused(bind: str) -> None:
    with pytest.raises(ValidationError, match=r"127\.0\.0\.1:8000"):
        Settings(bind=bind)


def test_settings_when_a_value_is_wrong_then_the_message_keeps_the_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("QUMING_SECRET_KEY", "a secret of somebody")
    monkeypatch.setenv("QUMING_WORKERS", "none")
    with pytest.raises(ValidationError) as caught:
        read_settings()
    assert "somebody" not in str(caught.value)


@pytest.mark.parametrize("secret", [DEFAULT_SECRET_KEY, "short"])
def test_require_safe_when_production_has_a_weak_secret_then_it_is_refused(secret: str) -> None:
    with pytest.raises(UnsafeSettings, match="QUMING_SECRET_KEY"):
        require_safe(Settings(env="production", secret_key=secret))


def test_require_safe_when_production_has_a_secret_of_its_own_then_it_passes() -> None:
    require_safe(Settings(env="production", secret_key="x" * 32))
