"""The layered layout: order, distance, and no line crossed for nothing."""

from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from clr.drawing.layers import Extent, laid_out

UNIT = Extent(20, 20)


def laid(units, links):
    return laid_out({(unit,): UNIT for unit in units}, [((one,), (other,)) for one, other in links])


def crossings(layout, links):
    """How many pairs of lines cross, counted anew from the heights."""
    stretches = set()
    for one, other in links:
        way = [
            layout.heights[one,],
            *layout.lanes[(one,), (other,)],
            layout.heights[other,],
        ]
        column = layout.columns[one,]
        stretches |= {(column + at, *ends) for at, ends in enumerate(pairwise(way))}
    return sum(
        a[0] == b[0] and (a[1] - b[1]) * (a[2] - b[2]) < 0 for a, b in combinations(sorted(stretches), 2)
    )


def test_what_leads_to_something_stands_to_its_left():
    layout = laid("abc", [("a", "b"), ("b", "c"), ("a", "c")])

    assert [layout.columns[key,] for key in "abc"] == [0, 1, 2]
    assert len(layout.lanes[("a",), ("c",)]) == 1


def test_a_tree_keeps_the_order_in_which_it_was_written_and_crosses_nothing():
    links = [("a", "x"), ("b", "x"), ("c", "y"), ("d", "y"), ("x", "g"), ("e", "g"), ("y", "g")]

    layout = laid("gxabeycd", links)

    assert crossings(layout, links) == 0
    assert sorted("abecd", key=lambda key: layout.heights[key,]) == list("abecd")


def test_lines_that_cross_as_written_are_uncrossed_by_another_order():
    links = [("a", "y"), ("b", "x"), ("x", "g"), ("y", "g")]

    assert crossings(laid("gxyab", links), links) == 0


def test_a_unit_stands_in_the_middle_of_what_leads_to_it():
    layout = laid("gabc", [("a", "g"), ("b", "g"), ("c", "g")])

    assert layout.heights["g",] == layout.heights["b",]


@given(
    st.sets(
        st.tuples(st.integers(0, 25), st.integers(0, 25)).filter(lambda pair: pair[0] < pair[1]), max_size=60
    )
)
def test_units_of_a_column_keep_their_distance(pairs):
    names = {n: chr(65 + n) for n in range(26)}
    links = [(names[one], names[other]) for one, other in sorted(pairs)]

    layout = laid(names.values(), links)

    for column in set(layout.columns.values()):
        heights = sorted(layout.heights[key] for key, at in layout.columns.items() if at == column)
        assert all(below - above >= 40 - 1e-6 for above, below in pairwise(heights))
    for one, other in links:
        assert layout.columns[one,] < layout.columns[other,]
