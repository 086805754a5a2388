"""The command line: ``bayes-l2 exercises``, a module for each command."""

import typer

from bayes_l2.cli.course.exercises.assignment import assignment
from bayes_l2.cli.course.exercises.check import check
from bayes_l2.cli.course.exercises.grade import grade
from bayes_l2.cli.course.exercises.hint import hint
from bayes_l2.cli.course.exercises.show import list_, show
from bayes_l2.cli.help import Command, Group

app = typer.Typer(name="exercises", help="Exercises that grade themselves.", cls=Group)
app.command(cls=Command, name="list")(list_)
app.command(cls=Command)(show)
app.command(cls=Command)(hint)
# -1 is an answer, not an option
app.command(cls=Command, context_settings={"ignore_unknown_options": True})(check)
app.command(cls=Command)(assignment)
app.command(cls=Command)(grade)
