"""The field credential: a small signed card that anyone can check, with no network too.

`keys` keeps the signing keys outside the database, `signing` makes and reads the token in the card's QR code,
`commitments` binds it to a name that it does not tell, `status` is the signed list of those that count no more,
`checking` gives the verdict (static/js/credential.js gives the same one in the browser), `views` serves what a phone
keeps to check without a network. Nothing here asks the database but `listing`.
"""
