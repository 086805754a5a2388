"""Help: a group without a command prints its own, and options stand in sections."""

from typing import Any, override

from typer.core import TyperArgument, TyperCommand, TyperGroup


class Group(TyperGroup):
    """A group of commands that prints its help where no command is named."""

    @override
    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words after the name of the group."""
        return super().parse_args(ctx, args or ["--help"])


class Command(TyperCommand):
    """A command whose help has a section for each ``rich_help_panel``.

    Arguments stand there by their names alone, without a type of Python.
    """

    @override
    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return the words of the line of usage; what is needed has no braces."""
        return [
            each.replace("{", "").replace("}", "")
            for each in super().collect_usage_pieces(ctx)
        ]

    @override
    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write arguments and options, in the order of their sections."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for each in self.get_params(ctx):
            words = each.get_help_record(ctx)
            if words is None:
                continue
            name, help_text = words
            is_argument = isinstance(each, TyperArgument)
            if is_argument:
                name = each.metavar or name
            panel = "Arguments" if is_argument else "Options"
            panel = getattr(each, "rich_help_panel", None) or panel
            sections.setdefault(panel, []).append((name, help_text))
        for heading, rows in sections.items():
            with formatter.section(heading):
                formatter.write_dl(rows)
