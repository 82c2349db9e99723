"""``python -m console users add NAME --role ROLE``: make an account; the password is typed or piped in."""

from __future__ import annotations

import argparse
import getpass
import sys

from console import audit
from console.accounts import AccountError, add_user
from console.passwords import WeakPasswordError
from console.roles import ROLES
from settings import get_settings
from store.engine import Database


def main() -> None:
    """Run one command on the database of the settings."""
    arguments = _parser().parse_args()
    settings = get_settings()
    settings.var.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database)
    try:
        with database.write() as session:
            user = add_user(session, arguments.name, arguments.display_name, arguments.role, _password())
            audit.note(session, "command line", "added an account", user.name, role=user.role)
    except (AccountError, WeakPasswordError) as error:
        sys.exit(str(error))
    finally:
        database.close()
    print(f"{user.name}: {user.role}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m console", description="Look after the accounts of staff.")
    commands = parser.add_subparsers(dest="command", required=True)
    users = commands.add_parser("users", help="accounts").add_subparsers(dest="action", required=True)
    add = users.add_parser("add", help="make an account")
    add.add_argument("name", help="to sign in with: lower-case letters, digits, dot, dash, underscore")
    add.add_argument("--role", required=True, choices=ROLES)
    add.add_argument("--display-name", default="", help="what citizens see; the name unless given")
    return parser


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("Mật khẩu: ")
    if password != getpass.getpass("Nhập lại: "):
        sys.exit("Hai lần nhập mật khẩu không giống nhau.")
    return password


if __name__ == "__main__":
    main()
