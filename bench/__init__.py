"""The school's figures, measured: what a page weighs, how many a second, how many queries, how long an import takes.

`python -m bench` measures all of them in one run on a school made for it, `python -m bench visit` one group,
`python -m bench visit.first_kb` one figure. `docs/measuring.md` says how each is taken.
"""
