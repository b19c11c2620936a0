"""Ground floor: settings, addresses, languages, stored pages, long work, audit, home page.

Owns what every other app stands on and knows nothing of people, questions or courses.
"""
