"""A salted commitment to the name on a card: the token binds to the name without telling it.

Whoever holds the card in one hand types the name and hears yes or no; whoever has only the token learns no name from
it. Compared are folded names (`cms.orthography.search_key`): accents, glottal signs, capitals and spaces do not count.
"""

import hashlib
import hmac

from cms.orthography import search_key

SALT_BYTES = 16
# Half of what SHA-256 gives: nobody finds a second name for it, and a QR code has little room.
COMMITMENT_BYTES = 16
# The salt lets nobody prepare a table that serves for two cards, and tells nobody that two cards have one holder. The
# rounds make each try dear (1 ms), so that going through a list of names is work. They do not stop it: names are few,
# and who has both the token and a list of candidates finds the name on a fast machine, at ten times as many rounds too.
# There are as many as let a thousand cards be made in two seconds on one core.
ROUNDS = 5_000


def commit(name: str, salt: bytes) -> bytes:
    """Return the commitment (16 bytes) to a name under a salt of 16 random bytes. Raises ValueError for no name."""
    folded = search_key(name)
    if not folded or len(salt) != SALT_BYTES:
        raise ValueError("a commitment needs a name and a salt of 16 bytes")
    return hashlib.pbkdf2_hmac("sha256", folded.encode(), salt, ROUNDS, COMMITMENT_BYTES)


def is_name(name: str, salt: bytes, commitment: bytes) -> bool:
    """Return whether a typed name is the one committed to; compared in constant time."""
    return bool(search_key(name)) and hmac.compare_digest(commit(name, salt), commitment)
