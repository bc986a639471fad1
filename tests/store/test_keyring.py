"""Signing keys: made once, readable by their owner alone, public halves kept for ever."""

import stat

import pytest

from clr.registrar.keyring import KeyUnusable, open_keyring
from clr.store.sessions import open_engine
from tests.conftest import NOW


@pytest.fixture
def engine(database: str):
    opened = open_engine(database)
    yield opened
    opened.dispose()


def test_keys_are_made_on_first_start_and_kept(engine, tmp_path):
    first = open_keyring(engine, tmp_path / "keys", at=NOW)
    again = open_keyring(engine, tmp_path / "keys", at=NOW)
    assert again.credential_multikey == first.credential_multikey
    assert again.token_kid == first.token_kid
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "keys").iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_an_old_public_key_stays_published_when_the_private_one_is_replaced(engine, tmp_path):
    old = open_keyring(engine, tmp_path / "keys", at=NOW)
    new = open_keyring(engine, tmp_path / "other", at=NOW)
    assert set(new.credential_multikeys) == {old.credential_multikey, new.credential_multikey}
    assert set(new.token_public_keys) == {old.token_kid, new.token_kid}


def test_a_key_that_others_can_read_is_refused_with_the_cure(engine, tmp_path):
    open_keyring(engine, tmp_path / "keys", at=NOW)
    path = tmp_path / "keys" / "token-p256.pem"
    path.chmod(0o644)
    with pytest.raises(KeyUnusable, match="chmod 600"):
        open_keyring(engine, tmp_path / "keys", at=NOW)


@pytest.mark.parametrize(
    "content", [b"", b"not a key", b"-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----"]
)
def test_an_unreadable_key_names_its_file(engine, tmp_path, content):
    open_keyring(engine, tmp_path / "keys", at=NOW)
    path = tmp_path / "keys" / "credential-ed25519.pem"
    path.write_bytes(content)
    with pytest.raises(KeyUnusable, match=r"credential-ed25519\.pem"):
        open_keyring(engine, tmp_path / "keys", at=NOW)


def test_keys_that_were_swapped_are_noticed(engine, tmp_path):
    open_keyring(engine, tmp_path / "keys", at=NOW)
    (tmp_path / "keys" / "credential-ed25519.pem").replace(tmp_path / "keys" / "token-p256.pem")
    with pytest.raises(KeyUnusable, match="no P-256 key"):
        open_keyring(engine, tmp_path / "keys", at=NOW)
