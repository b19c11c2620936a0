"""Who: volunteers, sign-in, organisations, territories, responsibilities, invitations, consent.

A volunteer is a person; a user is a way for staff to sign in. What a person learned or earned belongs to the floors
above, which point to her volunteer row. Names stand in one table that erasure empties.
"""
