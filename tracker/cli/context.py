"""What every command needs: the runtime of this installation, the workplan meant, entities by any name, output."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import Any

import click
import orjson

from tracker.database import migrate
from tracker.errors import RuleError
from tracker.projections.rebuilding import renew
from tracker.runtime import Runtime, build_runtime
from tracker.settings import Settings
from tracker.workplan.entity import Entity
from tracker.workplan.plan import Plan
from tracker.workplan.root import Workplan

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
workplan_option = click.option(
    "--workplan", "workplan", metavar="W", help="The workplan; default the only real one."
)


def settings() -> Settings:
    return Settings.from_env(os.environ)


@contextlib.contextmanager
def running(*, is_migrating: bool = True) -> Iterator[Runtime]:
    """Open the installation named by the environment; its schema is brought up to date first."""
    found = settings()
    if is_migrating:
        migrate(found.database_url)
    runtime = build_runtime(found)
    try:
        if is_migrating:
            bring_up(runtime)
        yield runtime
    finally:
        runtime.close()


def bring_up(runtime: Runtime) -> None:
    """Compute the plans anew whose rows another release's fold computed."""
    for done in renew(runtime.database):
        note(
            f"{done.workplan} is rebuilt from its {done.position} entries: this release folds them otherwise."
        )


def workplan_meant(runtime: Runtime, said: str | None) -> str:
    """Return the workplan named, else the only one that is not simulated.

    Raises:
        click.UsageError: there is none, or more than one.
    """
    ids = runtime.workplan_ids()
    if said is not None:
        if said not in ids:
            raise click.UsageError(f"There is no workplan {said}. There are: {', '.join(ids) or 'none'}.")
        return said
    real = real_workplans(runtime)
    if len(real) == 1:
        return real[0]
    if ids and not real:
        raise click.UsageError(f"What is here is simulated: name it, `--workplan {ids[0]}`.")
    if not real:
        raise click.UsageError("There is no workplan yet: run `tracker init`, or `tracker import FILE`.")
    raise click.UsageError(f"Which workplan? Say --workplan and one of: {', '.join(real)}.")


def real_workplans(runtime: Runtime) -> list[str]:
    """Return the ids of the workplans that are not simulated."""
    found = []
    for workplan in runtime.workplan_ids():
        with runtime.ask(workplan) as view:
            if not view.workplan.simulated:
                found.append(workplan)
    return found


def root_of(plan: Plan) -> Workplan:
    root = plan.get("workplan", Workplan)
    if root is None:
        raise RuleError("the workplan is not adopted")
    return root


def entity_meant(plan: Plan, said: str) -> str:
    """Return the id of the entity with this id or any printed name, in any language; case does not matter."""
    wanted = said.strip().casefold()
    for entity in plan.all("entity", Entity):
        called = [
            entity.id,
            *entity.printed,
            *(name for key, name in entity.names.items() if key != "unofficial"),
        ]
        if any(isinstance(name, str) and name.casefold() == wanted for name in called):
            return entity.id
    raise RuleError(
        "no entity is called `{said}`",
        said=said,
        field="/entity",
        value=said,
        way_out=f"Known ids: {', '.join(entity.id for entity in plan.all('entity', Entity))}.",
    )


def show(result: dict[str, Any], words: str, *, is_json: bool) -> None:
    """Print a result: one JSON object on stdout, or words."""
    click.echo(orjson.dumps(result).decode() if is_json else words)


def note(words: str) -> None:
    """Say something beside the result."""
    click.echo(words, err=True)
