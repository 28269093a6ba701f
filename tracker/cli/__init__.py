"""The command line: ``tracker COMMAND``. Exit 0 done, 1 refused or found wrong, 2 usage or cannot decide.

Commands import what they need when they run, so that ``tracker --help`` answers at once.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = {
    "serve": "serving",
    "init": "serving",
    "scheduler": "serving",
    "doctor": "serving",
    "import": "loading",
    "import-progress": "sheets",
    "setup-sheet": "sheets",
    "import-setup": "sheets",
    "undo": "sheets",
    "suggestions": "suggestions",
    "demo": "loading",
    "export": "proof",
    "import-log": "proof",
    "verify": "proof",
    "proof": "proof",
    "key": "proof",
    "rebuild": "keeping",
    "backup": "keeping",
    "restore": "keeping",
    "owed": "remote",
    "report": "remote",
    "history": "remote",
    "person": "people",
    "redact": "people",
    "token": "people",
    "webhook": "webhooks",
    "moment": "moments",
    "remind": "rounds",
    "letters": "letters",
    "bounce": "rounds",
    "readiness": "readiness",
    "briefing": "documents",
    "biennial-report": "documents",
}
"""Each command and the module of this package that holds it; read only when it is called."""

HELP = {
    "serve": "Serve the pages and the API, with the ticker as a child process.",
    "init": "Bring the database up to date and load the shipped plan where there is no real one.",
    "scheduler": "Run the ticker alone, or list its jobs.",
    "doctor": "Check the settings, the database and the log.",
    "import": "Load a plan document, or compare it with the plan it describes.",
    "import-progress": "Record past quarters' reports from a sheet, or write one to fill in.",
    "setup-sheet": "Write a sheet of the plan's windows, tags, targets, links and focal points.",
    "import-setup": "Record what such a sheet says otherwise than the plan.",
    "suggestions": "List what public pages say of the plan, and accept it one by one.",
    "undo": "Take back every entry of an import, as one request.",
    "demo": "Build the simulated workplan that shows everything.",
    "export": "Write the log to a file that an auditor checks alone.",
    "import-log": "Restore a log from such a file.",
    "verify": "Check the log from end to end, where it lies.",
    "proof": "Prove that an entry is in the log, or that an earlier log begins the later one.",
    "key": "Show the key that signs tree heads; accept a restored copy; let another key take over.",
    "rebuild": "Compute the plan anew from its log, while others go on.",
    "backup": "Copy the database to a new file, and check the copy.",
    "restore": "Make the database, where there is none, from a copy.",
    "owed": "List the reports that are owed, on a server.",
    "report": "Report about an activity, on a server.",
    "history": "List what was recorded, on a server, or write it to a file.",
    "person": "Add, list, show and erase people.",
    "redact": "Remove a text of an entry for ever.",
    "token": "Create, list and revoke tokens.",
    "webhook": "Post entries to other systems as they are recorded.",
    "moment": "Name moments, such as meetings, and list them.",
    "remind": "Send the letters of a reporting round that are due.",
    "letters": "List, preview, hold, release and send letters; end their links.",
    "bounce": "Take the report of a mail server that a letter could not be delivered.",
    "readiness": "Show, freeze, verify or print the readiness of a region.",
    "briefing": "Write the quarterly briefing for principals.",
    "biennial-report": "Write the input for the biennial report.",
}


class Commands(click.Group):
    """A group that imports a command's module when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"tracker.cli.{COMMANDS[cmd_name]}")
        command: click.Command = module.COMMANDS[cmd_name]
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, HELP[name]) for name in COMMANDS])


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name=None, version="0.1.0", prog_name="tracker")
def tracker() -> None:
    """Track a workplan: every fact is kept for ever, the plan can be seen as it stood at any moment."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    from tracker.errors import SettingsError, TrackerError

    try:
        done = tracker.main(args=list(argv) if argv is not None else None, standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return 2
    except click.Abort:
        click.echo("stopped", err=True)
        return 1
    except TrackerError as error:
        click.echo(f"{error}", err=True)
        for fault in error.faults[1:]:
            click.echo(f"  {fault.pointer}: {fault.message}", err=True)
        if error.way_out:
            click.echo(error.way_out, err=True)
        return 2 if isinstance(error, SettingsError) else 1
    return done if isinstance(done, int) else 0


if __name__ == "__main__":
    sys.exit(main())
