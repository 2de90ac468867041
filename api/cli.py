"""The `quming` command: each sub-command lives in a module of its own in api/commands."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys

import click
from pydantic import ValidationError

from api import commands
from boundaries.errors import BoundaryError
from gazetteer.errors import RegisterError
from gazetteer.settings import UnsafeSettings


class CommandFolder(click.Group):
    """A group whose commands are the modules of api/commands, each imported only when it is called.

    Module `x_y` holds the command `x-y` as its attribute `command`; a module named after a Python keyword
    ends in an underscore (`import_`).
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, in the order of the alphabet."""
        return sorted(_command_name(module.name) for module in pkgutil.iter_modules(commands.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of one command."""
        for module in pkgutil.iter_modules(commands.__path__):
            if _command_name(module.name) == cmd_name:
                found = importlib.import_module(f"{commands.__name__}.{module.name}").command
                return found if isinstance(found, click.Command) else None
        return None


def _command_name(module: str) -> str:
    return module.rstrip("_").replace("_", "-")


@click.command(cls=CommandFolder, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="quming")
def quming() -> None:
    """Keep the register of divisions, boundary lines and place names 区名."""


def main() -> None:
    """Run the command line; a domain error becomes two sentences and exit code 1."""
    if os.geteuid() == 0:
        os.umask(0o002)  # what root makes in the home must stay writable for the account of the services
    try:
        quming(prog_name="quming")
    except (RegisterError, BoundaryError) as error:
        click.echo(f"{error.zh}\n{error.en}", err=True)
        sys.exit(1)
    except UnsafeSettings as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except ValidationError as error:
        for fault in error.errors():
            name = "_".join(["QUMING", *map(str, fault["loc"])]).upper() if fault["loc"] else "QUMING"
            click.echo(f"设置有误 Setting {name}: {fault['msg']}", err=True)
        sys.exit(1)
