"""A figure keeps its description."""

from matplotlib.figure import Figure

from bayes_l2.drawing import describe, description, new_figure


def test_a_figure_has_the_description_that_it_is_given() -> None:
    figure = new_figure(3, 2)
    assert description(figure) == ""
    assert describe(figure, "One line,\n  and another.") is figure
    assert description(figure) == "One line, and another."
    assert description(Figure()) == ""
