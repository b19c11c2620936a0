"""Visits: planning a day, asking people, the letter, what came of it, and forgetting names and places 30 days after.

This folder owns what becomes of `Visit` and `VisitPerson`. Who may go is told by `certificates.eligibility`; that
somebody went is written into the ledger by `certificates.vouching`.
"""
