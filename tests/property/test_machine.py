"""One learner through a life of acts, on the engine and in a model of plain words, which must never differ."""

import itertools

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from clr.pathways import (
    HeldAward,
    Holdings,
    Holds,
    Policy,
    Stack,
    StackingGraph,
    advance,
    settle,
    unsupported,
)
from clr.pathways.explaining import Explainer
from tests.property.model import Model
from tests.property.profiles import examples
from tests.property.worlds import (
    Choices,
    allowance_in,
    award_of,
    exceptions,
    held,
    named_in,
    on,
    requirement,
    stack_of,
    worlds,
)

decisions = st.binary(min_size=10, max_size=10)


class Life(RuleBasedStateMachine):
    """Award, revoke, let time pass, publish, enrol, leave, allow, withdraw: after each the same is told."""

    @initialize(world=worlds(allowed=False, most=0))
    def begin(self, world):
        self.model, self.derived, self.ids = Model(world.stacks, world.view), [], itertools.count()
        self.settle()

    @property
    def graph(self):
        return StackingGraph(
            Stack(name, version, requirement(clause), Policy(policy))
            for (name, version), (policy, clause) in self.model.stacks.items()
        )

    @property
    def held(self):
        return [*held(self.model.awards), *self.derived]

    def holdings(self):
        return Holdings(self.held, self.model.pinned, allowances=exceptions(self.model.allowances))

    def settle(self, arrived=None):
        """Give what follows: from one award, or from whatever happened."""
        how = {"at": on(self.model.now), "new_award": lambda: f"m{next(self.ids)}"}
        found = (
            settle(self.graph, self.holdings(), **how)
            if arrived is None
            else advance(self.graph, self.holdings(), arrived, **how)
        )
        self.derived += [
            HeldAward(one.award_id, one.achievement, one.version, one.earned_on, derived=True)
            for one in found
        ]
        self.model.follow()

    def look_at_support(self):
        lost = unsupported(self.graph, self.held, allowances=exceptions(self.model.allowances))
        gone = {one.award for one in lost}
        self.derived = [one for one in self.derived if one.id not in gone]
        self.model.support()
        self.settle()

    @rule(raw=decisions)
    def award(self, raw):
        given = award_of(Choices(raw), named_in(self.model.stacks), latest=self.model.now)
        self.model.awards.append(given | {"id": f"a{next(self.ids)}"})
        self.settle(given["name"])

    @precondition(lambda self: self.model.awards)
    @rule(which=st.integers(0, 99))
    def revoke(self, which):
        del self.model.awards[which % len(self.model.awards)]
        self.look_at_support()

    @rule(days=st.integers(1, 4))
    def time_passes(self, days):
        self.model.now += days
        self.settle()

    @rule(raw=st.binary(min_size=150, max_size=150))
    def publish_a_new_version(self, raw):
        choices, model = Choices(raw), self.model
        name = choices.among(*model.current)
        below = {key: version for key, version in model.current.items() if key < name}
        version = model.current[name] + 1
        model.stacks[name, version] = stack_of(choices, name, model.stacks, below, version=version)
        model.current[name] = version
        self.settle()

    @rule()
    def enrol(self):
        self.model.pinned = {
            name: {*self.model.pinned.get(name, ()), version} for name, version in self.model.current.items()
        }
        self.settle()

    @precondition(lambda self: self.model.pinned)
    @rule()
    def leave(self):
        self.model.pinned = {}
        self.settle()

    @rule(raw=decisions)
    def allow(self, raw):
        given = allowance_in(Choices(raw), self.model.stacks) | {"day": self.model.now}
        self.model.allowances.append(given | {"until": given["until"] and self.model.now + 3})
        self.settle()

    @precondition(lambda self: self.model.allowances)
    @rule(which=st.integers(0, 99))
    def withdraw(self, which):
        del self.model.allowances[which % len(self.model.allowances)]
        self.look_at_support()

    @invariant()
    def the_same_is_told(self):
        model, learner = self.model, self.model.learner()
        assert {(one.achievement, one.version, one.earned_on) for one in self.derived} == {
            (one["name"], one["version"], on(one["day"])) for one in model.derived
        }
        explained = Explainer(
            self.graph,
            self.held,
            at=on(model.now),
            pins=model.view,
            allowances=exceptions(model.allowances),
        )
        for name in model.current:
            told = explained.holds(Holds(name))
            assert (told.basis_points, told.steps_left) == (learner.points_of(name), learner.steps_of(name))
        for _, clause in model.stacks.values():
            told, since = explained.clause(requirement(clause)), learner.since(clause)
            assert (told.basis_points, told.steps_left) == (learner.points(clause), learner.steps(clause))
            assert told.complete == learner.done(clause)
            assert told.earned_on == (None if since is None else on(since))


TestLife = Life.TestCase
TestLife.settings = settings(examples(60), stateful_step_count=25)
