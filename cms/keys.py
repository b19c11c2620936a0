"""Secrets kept in files outside the database, made on first use, readable by the owner only."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def _kept(path: Path, make: Callable[[], str]) -> str:
    """Return the file's text; write it first where it is missing (two starters at once keep one)."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial = path.with_name(f"{path.name}.{os.getpid()}")
        partial.touch(mode=0o600)
        partial.write_text(make())
        try:
            os.link(partial, path)
        except FileExistsError:
            pass  # another process was first: its key is the one that counts
        finally:
            partial.unlink()
    return path.read_text().strip()


def kept_secret(path: Path) -> str:
    """Return Django's secret key (60 random letters)."""
    return _kept(path, lambda: secrets.token_urlsafe(45))


def kept_fernet_key(path: Path) -> str:
    """Return the key of the encrypted fields (Fernet, base64; several joined by commas, newest first)."""
    return _kept(path, lambda: Fernet.generate_key().decode())


def kept_signing_key(path: Path) -> str:
    """Return the Ed25519 private key that signs editions (32 bytes, hexadecimal)."""
    return _kept(path, lambda: Ed25519PrivateKey.generate().private_bytes_raw().hex())
