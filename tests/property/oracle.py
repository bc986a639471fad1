"""The rules of stacking, said again in plain Python. Imports nothing of the service.

A requirement is ("holds", name), ("all", [(requirement, weight), …]) or ("some", count, [requirement, …]).
``stacks`` maps a name to (policy, requirement); ``held`` are the names awarded and still current.
"""

S = 10_000


def done(clause, held):
    """The definition of complete, in booleans only."""
    if clause[0] == "holds":
        return clause[1] in held
    if clause[0] == "all":
        return all(done(part, held) for part, weight in clause[1] if weight > 0)
    return sum(done(part, held) for part in clause[2]) >= clause[1]


def points(clause, held, stacks):
    if clause[0] == "holds":
        return points_of(clause[1], held, stacks)
    if clause[0] == "all":
        return sum(w * points(part, held, stacks) for part, w in clause[1]) // sum(w for _, w in clause[1])
    return (
        sum(sorted((points(part, held, stacks) for part in clause[2]), reverse=True)[: clause[1]])
        // clause[1]
    )


def points_of(name, held, stacks):
    if name in held:
        return S
    if name not in stacks:
        return 0
    policy, clause = stacks[name]
    own = points(clause, held, stacks)
    return min(S - 1, own if policy == "auto" else own * 9 // 10)


def steps(clause, held, stacks):
    if clause[0] == "holds":
        return steps_of(clause[1], held, stacks)
    if clause[0] == "all":
        return sum(steps(part, held, stacks) for part, w in clause[1] if w > 0)
    return sum(sorted(steps(part, held, stacks) for part in clause[2])[: clause[1]])


def steps_of(name, held, stacks):
    if name in held:
        return 0
    if name not in stacks:
        return 1
    policy, clause = stacks[name]
    return max(1, steps(clause, held, stacks) + (policy != "auto"))


def closed(held, stacks):
    """What is held once every automatic stack that is due has been awarded: the least fixpoint, by brute force."""
    held = set(held)
    while True:
        due = {name for name, (policy, clause) in stacks.items() if policy == "auto" and done(clause, held)}
        if due <= held:
            return held
        held |= due


def since(clause, when):
    """The moment a clause became complete, given when each name was earned; ``None`` while it is not."""
    if clause[0] == "holds":
        return when.get(clause[1])
    if clause[0] == "all":
        moments = [since(part, when) for part, weight in clause[1] if weight > 0]
        return None if None in moments else max(moments)
    moments = sorted(moment for moment in (since(part, when) for part in clause[2]) if moment is not None)
    return moments[clause[1] - 1] if len(moments) >= clause[1] else None


def dated(when, stacks):
    """When everything was earned, automatic stacks among it. ``stacks`` stand parts before wholes."""
    when = dict(when)
    for name, (policy, clause) in stacks.items():
        moment = since(clause, when)
        if policy == "auto" and moment is not None:
            when[name] = moment
    return when
