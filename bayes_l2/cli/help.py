"""Help: a group without a command prints its own, and options stand in sections."""

from typing import Any, override

from typer.core import TyperCommand, TyperGroup


class Group(TyperGroup):
    """A group of commands that prints its help where no command is named."""

    @override
    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words after the name of the group."""
        return super().parse_args(ctx, args or ["--help"])


class Command(TyperCommand):
    """A command whose help has a section for each ``rich_help_panel``."""

    @override
    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write arguments and options, in the order of their sections."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for each in self.get_params(ctx):
            words = each.get_help_record(ctx)
            if words is not None:
                panel = getattr(each, "rich_help_panel", None) or "Options"
                sections.setdefault(panel, []).append(words)
        for heading, rows in sections.items():
            with formatter.section(heading):
                formatter.write_dl(rows)
