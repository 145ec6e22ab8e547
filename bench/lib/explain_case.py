"""A case of bench/explain."""


class Case:
    """unit "s": the less the better; any other: the more.  programs: targets of the build that measure needs."""

    def __init__(self, key, title, unit, goal, stretch, programs, measure):
        self.key, self.title, self.unit, self.goal, self.stretch = key, title, unit, goal, stretch
        self.programs, self.measure = programs, measure
