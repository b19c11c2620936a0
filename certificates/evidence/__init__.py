"""Screens of the ledger: what staff write down of a person, what she signs, and what she reads of herself."""
