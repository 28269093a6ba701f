"""``tracker person`` and ``tracker token``."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import click

from tracker import erasure
from tracker.cli.context import as_json, entity_meant, running, show, workplan_meant, workplan_option
from tracker.directory import identities, people, signins, tokens
from tracker.directory.principals import ROLES, system
from tracker.events.reading import read_event
from tracker.languages import LANGUAGES


@click.group()
def person() -> None:
    """Add and list people. Names and addresses stay in the directory, outside the log."""


@person.command("add")
@click.option("--name", required=True)
@click.option("--email", required=True)
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
@click.option(
    "--entity", "entities", multiple=True, help="An entity the person acts for; repeat for several."
)
@click.option(
    "--workstream", "workstreams", multiple=True, help="Default: every workstream that the entity leads."
)
@click.option("--role", type=click.Choice(ROLES), default="lead", show_default=True)
@click.option("--region", help="For a reviewer: the region.")
@workplan_option
@as_json
def add(
    *,
    name: str,
    email: str,
    language: str,
    entities: tuple[str, ...],
    workstreams: tuple[str, ...],
    role: Any,
    region: str | None,
    workplan: str | None,
    as_json: bool,
) -> None:
    """Add a person; with the role lead it is named focal point of its entities."""
    from tracker.notifications.handover import seats_of
    from tracker.notifications.joining import Newcomer, join

    with running() as runtime:
        meant = workplan_meant(runtime, workplan)
        with runtime.ask(meant) as view:
            ids = tuple(entity_meant(view.plan, said) for said in entities)
        newcomer = Newcomer(name, email, language, role, region.lower() if region else None, ids, workstreams)
        made = join(runtime, meant, newcomer, system("system:cli"), "cli")
        with runtime.ask(meant) as view:
            places = seats_of(view, made) if role == "lead" else []
        where = ", ".join(dict.fromkeys(one.workstream for one in places))
        words = f"{made}: {role}" + (f", focal point in workstreams {where}" if places else "")
        show({"person": made}, words, is_json=as_json)


@person.command("list")
@workplan_option
@as_json
def list_people(*, workplan: str | None, as_json: bool) -> None:
    """List the people with a role in the workplan."""
    with running() as runtime:
        meant = workplan_meant(runtime, workplan)
        with runtime.database.read() as tx:
            roles = people.roles_of(tx, meant)
            known = people.people_of(tx, list(roles))
        rows = [
            {
                "person": one.id,
                "name": one.name,
                "email": one.email,
                "language": one.language,
                "roles": roles[one.id],
            }
            for one in known.values()
        ]
        words = "\n".join(
            f"{one.id}  {', '.join(roles[one.id])}  {one.name}  {one.email}" for one in known.values()
        )
        show({"people": rows}, words or "Nobody yet: tracker person add.", is_json=as_json)


@person.command("change")
@click.argument("person_id")
@click.option("--name")
@click.option("--email", help="A new address is written to again, whatever became of the old one.")
@click.option("--language", type=click.Choice(LANGUAGES))
@click.option(
    "--letters", "has_letters", is_flag=True, help="Write to them again, though a letter came back."
)
@as_json
def change(
    *,
    person_id: str,
    name: str | None,
    email: str | None,
    language: str | None,
    has_letters: bool,
    as_json: bool,
) -> None:
    """Correct what the directory holds about a person."""
    with running() as runtime:
        with runtime.directory() as tx:
            people.change_person(
                tx, person_id, name=name, email=email, language=language, has_letters=has_letters
            )
        show({"person": person_id}, f"{person_id} is corrected.", is_json=as_json)


@person.command("handover")
@click.argument("old")
@click.argument("new", required=False)
@workplan_option
@as_json
def hand_over(*, old: str, new: str | None, workplan: str | None, as_json: bool) -> None:
    """Let NEW be focal point wherever OLD is: old links end, one letter goes. Without NEW, OLD is only released."""
    from tracker.notifications import handover

    with running() as runtime:
        meant = workplan_meant(runtime, workplan)
        done = handover.hand_over(runtime, meant, old, new, system("system:cli"), "cli")
        seats = [{"workstream": one.workstream, "entity": one.entity} for one in done.seats]
        words = (
            f"{new or 'nobody'} instead of {old} in {len(seats)} places; letters written: {len(done.letters)}"
        )
        if done.alone:
            words += f"\nNobody is left who can be written to for: {', '.join(done.alone)}"
        result = {"seats": seats, "letters": list(done.letters), "alone": list(done.alone)}
        show(result, words, is_json=as_json)


@person.command("link")
@click.argument("person_id")
@as_json
def link(*, person_id: str, as_json: bool) -> None:
    """Print a link that signs a person in once, within an hour. PERSON_ID may be their mail address."""
    with running() as runtime:
        with runtime.database.write() as tx:
            known = people.person_at(tx, person_id) if "@" in person_id else person_id
            if known is None:
                raise click.UsageError(f"Nobody has the address {person_id}: see `tracker person list`.")
            people.person_of(tx, known)
            secret = tokens.make_signin_link(tx, runtime.now(), known)
        address = f"{runtime.settings.base_url}/signin/{secret}"
        show({"link": address}, address, is_json=as_json)


@person.command("identity")
@click.argument("person_id")
@click.option("--subject", help="Link the account that the provider names so (`sub`).")
@click.option("--unlink", "is_unlinking", is_flag=True, help="Unlink every account, and end the signins.")
@as_json
def identity(*, person_id: str, subject: str | None, is_unlinking: bool, as_json: bool) -> None:
    """Show, link or unlink a person's accounts at the sign-in provider (TRACKER_OIDC_ISSUER)."""
    with running() as runtime:
        with runtime.directory() as tx:
            people.person_of(tx, person_id)
            if is_unlinking:
                identities.unlink(tx, runtime.now(), person_id)
            if subject is not None:
                if runtime.settings.provider is None:
                    raise click.UsageError(
                        "No sign-in provider is set up: see TRACKER_OIDC_ISSUER in docs/settings.md."
                    )
                identities.link(tx, runtime.now(), person_id, runtime.settings.provider.issuer, subject)
            found = identities.identities_of(tx, person_id)
        words = "\n".join(f"{one['issuer']}  {one['subject']}" for one in found) or "none"
        show({"person": person_id, "identities": found}, words, is_json=as_json)


@person.command("sign-out")
@click.argument("person_id")
@as_json
def sign_out(*, person_id: str, as_json: bool) -> None:
    """End every signin of a person, and every link to sign in that was not used yet."""
    with running() as runtime:
        with runtime.database.write() as tx:
            people.person_of(tx, person_id)
            count = signins.sign_out_everywhere(tx, runtime.now(), person_id)
            tokens.void_links(tx, runtime.now(), person_id)
        show({"person": person_id, "ended": count}, f"{count} signins ended.", is_json=as_json)


@person.command("show")
@click.argument("person_id")
@as_json
def show_person(*, person_id: str, as_json: bool) -> None:
    """Show everything the directory holds about a person, and which texts name them."""
    with running() as runtime, runtime.database.read() as tx:
        held = erasure.own_data(tx, person_id)
    words = "\n".join(f"{name}: {value}" for name, value in held.items())
    show(held, words, is_json=as_json)


@person.command("erase")
@click.argument("person_id")
@click.option("--yes", is_flag=True, help="Do it; without, only say what would be erased.")
@as_json
def erase(*, person_id: str, yes: bool, as_json: bool) -> None:
    """Erase a person's name, address and ways in, for ever. Entries keep the opaque id and the entity."""
    with running() as runtime:
        if not yes:
            with runtime.database.read() as tx:
                held = erasure.own_data(tx, person_id)
            words = f"{held['name']} <{held['email']}> would be erased; {len(held['texts'])} texts name them: --yes."
            show({"person": person_id, "texts": held["texts"], "erased": False}, words, is_json=as_json)
            return
        done = erasure.erase(runtime, person_id, system("system:cli"))
        lines = [f"{person_id} is erased."]
        lines += [f"  released as focal point: {one}" for one in done.released]
        lines += [
            f"  still names them: {one['workplan']} entry {one['position']} {one['field']}"
            for one in done.texts
        ]
        if done.texts:
            lines.append("Redact each that should go: tracker redact POSITION FIELD --authority WHO.")
        made = {"person": person_id, "released": done.released, "texts": done.texts, "erased": True}
        show(made, "\n".join(lines), is_json=as_json)


@click.command("redact")
@click.argument("position", type=int)
@click.argument("field")
@click.option("--authority", required=True, help="By whose decision, under which rule.")
@workplan_option
@as_json
def redact(*, position: int, field: str, authority: str, workplan: str | None, as_json: bool) -> None:
    """Remove a text of an entry for ever. FIELD is its JSON pointer, such as /reason or /data/note."""
    with running() as runtime:
        meant = workplan_meant(runtime, workplan)
        with runtime.database.read() as tx:
            subject = read_event(tx, meant, position).subject
        data = {"position": position, "field": field, "authority": authority}
        request = {"type": "TextRedacted", "subject": subject, "data": data}
        done = runtime.submit(meant, request, system("system:cli"), "cli")
        words = (
            f"The text is gone; entry {done.first_position} says so."
            if done.count
            else "It was gone already."
        )
        show({"position": position, "field": field, "written": done.count}, words, is_json=as_json)


@click.group()
def token() -> None:
    """Create, list and revoke tokens for other systems."""


@token.command("create")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--person", "person_id", help="The person the token acts for.")
@click.option("--entity", "entities", multiple=True)
@click.option("--workstream", "workstreams", multiple=True)
@click.option("--region", help="For a reviewer: the region.")
@click.option("--scope", "scopes", multiple=True, type=click.Choice(["erase"]))
@click.option("--days", type=int, default=180, show_default=True)
@workplan_option
@as_json
def create(
    *,
    role: Any,
    person_id: str | None,
    entities: tuple[str, ...],
    workstreams: tuple[str, ...],
    region: str | None,
    scopes: tuple[str, ...],
    days: int,
    workplan: str | None,
    as_json: bool,
) -> None:
    """Create a token and print it; it is shown this once."""
    with running() as runtime:
        meant = workplan_meant(runtime, workplan)
        with runtime.directory(meant) as tx:
            if person_id is not None:
                people.person_of(tx, person_id)
            wanted = tokens.Grant(
                meant, role, person_id, region, entities, workstreams, scopes, timedelta(days=days)
            )
            made, secret = tokens.create_token(tx, runtime.now(), wanted)
        show({"token": secret, "id": made}, f"{secret}\n(shown this once; id {made})", is_json=as_json)


@token.command("list")
@workplan_option
@as_json
def list_tokens(*, workplan: str | None, as_json: bool) -> None:
    """List the tokens of the workplan, without their secrets."""
    with running() as runtime:
        meant = workplan_meant(runtime, workplan)
        with runtime.database.read() as tx:
            rows = tokens.list_tokens(tx, meant)
        words = "\n".join(
            f"{row['id']}  {row['prefix']}…  {row['role']}  until {row['expires_at'][:10]}"
            + ("  revoked" if row["revoked_at"] else "")
            for row in rows
        )
        show({"tokens": rows}, words or "No tokens yet: tracker token create.", is_json=as_json)


@token.command("revoke")
@click.argument("token_id")
@workplan_option
@as_json
def revoke(*, token_id: str, workplan: str | None, as_json: bool) -> None:
    """Revoke a token by its id."""
    with running() as runtime:
        meant = workplan_meant(runtime, workplan)
        with runtime.directory(meant) as tx:
            tokens.revoke_token(tx, runtime.now(), meant, token_id)
        show({"revoked": token_id}, f"{token_id} opens nothing any more.", is_json=as_json)


COMMANDS = {"person": person, "redact": redact, "token": token}
