"""One learner through time, in plain words: what is held and what follows, after every act. Imports nothing of clr."""

from tests.property import oracle


class Model:
    """Stacks in versions, what is held, which versions are followed, and the day."""

    def __init__(self, stacks, view):
        self.stacks, self.current, self.pinned = dict(stacks), dict(view), {}
        self.awards, self.derived, self.allowances, self.now = [], [], [], 0

    @property
    def versions(self):
        """Every version that is followed: the pinned ones, else the one in force."""
        return {name: self.pinned.get(name, {version}) for name, version in self.current.items()}

    @property
    def view(self):
        return {name: max(several) for name, several in self.versions.items()}

    def learner(self, derived=None, *, timeless=False):
        held = [*self.awards, *(self.derived if derived is None else derived)]
        now = None if timeless else self.now
        return oracle.Learner(self.stacks, self.view, held, now, self.allowances)

    def follow(self):
        """Add what is due, parts before wholes, once for each version, unless it would say nothing new."""
        for name, several in sorted(self.versions.items()):
            for version in sorted(several):
                policy, clause = self.stacks[name, version]
                day = self.learner().since(clause) if policy == "auto" else None
                if day is not None and not self.known(name, version, day):
                    self.derived.append(oracle.milestone(name, version, day))

    def known(self, name, version, day):
        """Whether it follows already, or what is held for good and no later says the same."""
        return any(
            (one["derived"] and one["version"] == version)
            or (
                one["until"] is None
                and one["day"] <= day
                and (one["version"] == version or not self.told_apart(name))
            )
            for one in (*self.awards, *self.derived)
            if one["name"] == name
        )

    def told_apart(self, name):
        """Whether some clause looks at the version of what it accepts."""
        asked = [each for _, clause in self.stacks.values() for each in oracle.clauses_in(clause)]
        return any(
            name in (each["name"], *each["accepts"]) and (each["min_version"] or each["max_version"])
            for each in asked
            if each["kind"] == "holds"
        )

    def support(self):
        """Drop what nothing supports any more; what has only ended still supports."""
        kept = []
        for one in sorted(self.derived, key=lambda one: (one["name"], one["version"])):
            _, clause = self.stacks[one["name"], one["version"]]
            if self.learner(kept, timeless=True).done(clause):
                kept.append(one)
        self.derived = kept
