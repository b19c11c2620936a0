"""Bytes as letters, the first of which says how (multibase): `z` base58, as Bitcoin writes it; `u` base64 for URLs."""

import base64

DIGITS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def base58(content: bytes) -> str:
    """Return bytes as `z…`."""
    number, text = int.from_bytes(content), ""
    while number:
        number, digit = divmod(number, len(DIGITS))
        text = DIGITS[digit] + text
    zeros = len(content) - len(content.lstrip(b"\0"))
    return "z" + DIGITS[0] * zeros + text


def base64url(content: bytes) -> str:
    """Return bytes as `u…`, without padding."""
    return "u" + base64.urlsafe_b64encode(content).rstrip(b"=").decode()
