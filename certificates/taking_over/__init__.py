"""The network that was there before the school: taken over from a table, recognised until a day.

`reading` knows the file, `template` makes an empty one, `sorting` says what each row would do, `carrying_out` does it.
"""
