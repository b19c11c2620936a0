"""Open Badges 3.0: a certificate as a signed file that other systems read. Off until SCHOOL_OPEN_BADGES=1.

This folder owns the credential's shape, its Data Integrity proof, the issuers' `did:web` documents and the lists of
what was revoked. Keys are those of `certificates.credentials`; the words of a certificate come from the models.
"""
