"""One measured figure with its goal, and the table of them."""

import json
from dataclasses import dataclass

COLUMNS = "{:<36}{:>10} {:<11}{:<26}{:>10}{:>7}  {}"


@dataclass(frozen=True)
class Figure:
    """A figure: `goal` as the issue words it, `floor` what it is compared with in the same run, `ratio` to it."""

    name: str
    value: float
    unit: str
    goal: str | None = None
    floor: float | None = None

    @property
    def ratio(self) -> float | None:
        """The value as a share of the floor."""
        return round(self.value / self.floor, 2) if self.floor else None

    @property
    def is_missed(self) -> bool:
        """Whether there is a goal and it is missed: «<= 35», «= 0», or «>= 0.7 of the floor» for the ratio."""
        if self.goal is None:
            return False
        sign, number, *of_floor = self.goal.split(maxsplit=2)
        value, goal = (self.ratio or 0) if of_floor else self.value, float(number)
        return not {"<=": value <= goal, ">=": value >= goal, "=": value == goal}[sign]

    def as_json(self) -> str:
        """Return the figure as the line that `make bench` prints."""
        return json.dumps({**vars(self), "ratio": self.ratio}, ensure_ascii=False)


def table(figures: list[Figure]) -> str:
    """Return the figures as a table to read, the missed goals marked."""
    rows = [COLUMNS.format("figure", "value", "unit", "goal", "floor", "ratio", "")]
    rows += [
        COLUMNS.format(
            figure.name,
            f"{figure.value:g}",
            figure.unit,
            figure.goal or "",
            "" if figure.floor is None else f"{figure.floor:g}",
            "" if figure.ratio is None else f"{figure.ratio:g}",
            "MISSED" if figure.is_missed else "",
        ).rstrip()
        for figure in figures
    ]
    return "\n".join(rows)
