"""Banks of questions to and from other systems: Moodle XML, GIFT and CSV.

Every format is a module with `write` and `read`, between a file and `Carried` questions; only `taking_in` and
`giving_out` know the database. What a format cannot say travels beside it as the school's own data (`own_data`), and
counts only while nobody changed what everybody sees.
"""
