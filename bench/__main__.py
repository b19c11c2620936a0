"""Print every figure as one JSON line, and a table on stderr. Exits with 1 on errors only, not on missed goals."""

import sys
import traceback
from itertools import chain

from bench import (
    analysing,
    carding,
    crowding,
    evaluating,
    importing,
    printing,
    printing_many,
    querying,
    registering,
    serving,
    visiting,
)
from bench.figure import Figure, table
from bench.school import fresh_school

GROUPS = {
    "import": importing.figures,
    "query": querying.figures,
    "evaluation": evaluating.figures,
    "crowd": crowding.figures,
    "item_analysis": analysing.figures,
    "register": registering.figures,
    "cards": carding.figures,
    "pdf": lambda school: chain(printing.figures(school), printing_many.figures(school)),
    "visit": visiting.figures,
    "serve": serving.figures,
}


def main(wished: str = "") -> int:
    """Measure what is wished (a group, one figure, or everything); return the exit status."""
    group = wished.partition(".")[0]
    if group and group not in GROUPS:
        print(f"There is no figure «{wished}». There are: {', '.join(GROUPS)}.", file=sys.stderr)
        return 2
    measured: list[Figure] = []
    failed = False
    with fresh_school() as school:
        for name in [group] if group else GROUPS:
            try:
                for figure in GROUPS[name](school):
                    if "." not in wished or figure.name == wished:
                        print(figure.as_json(), flush=True)
                        measured.append(figure)
            except Exception:
                failed = True
                print(f"{name} could not be measured:\n{traceback.format_exc()}", file=sys.stderr)
    print(table(measured), file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
