"""PostgreSQL's configuration files, written whole at every start: they are ours."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

SAFETY: Final[Mapping[str, str]] = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "data_checksums": "on",
}
"""What an acknowledged commit rests on. Read back from the running server; refused otherwise."""

SETTINGS: Final[Mapping[str, str]] = {
    "password_encryption": "'scram-sha-256'",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    # What people typed must not reach the server's log: no statement, no parameter, no detail
    # ("Key (name)=(...) already exists").
    "log_destination": "'stderr'",
    "logging_collector": "off",
    "log_statement": "'none'",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_min_error_statement": "'panic'",
    "log_error_verbosity": "'terse'",
    "log_checkpoints": "off",
    "log_line_prefix": "'%m [%p] %d '",
    "log_timezone": "'UTC'",
    "timezone": "'UTC'",
    # A session that holds locks and does nothing is ended, also when its client's host is gone.
    "idle_in_transaction_session_timeout": "'30s'",
    "client_connection_check_interval": "'5s'",
    "authentication_timeout": "'10s'",
    "max_connections": "200",
    "shared_buffers": "'96MB'",
    "jit": "off",
    "max_wal_size": "'512MB'",
}
"""Wherever we start it: embedded and in compose."""

_PRIVATE: Final[Mapping[str, str]] = {
    # Nobody reaches it but through a socket in a private folder, and then with a password.
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
}


def write_settings(cluster: Path, sockets: Path) -> None:
    """Write postgresql.conf, pg_hba.conf and pg_ident.conf of a cluster."""
    own = {**_PRIVATE, "unix_socket_directories": _quoted(str(sockets))}
    (cluster / "postgresql.conf").write_text(settings_file(own))
    (cluster / "pg_hba.conf").write_text(f"{_NOTE}\nlocal all all scram-sha-256\n")
    (cluster / "pg_ident.conf").write_text(f"{_NOTE}\n")


def settings_file(own: Mapping[str, str]) -> str:
    """The text of a postgresql.conf: what holds everywhere, and what is said of this place."""
    lines = [f"{name} = {value}" for name, value in {**SETTINGS, **own}.items()]
    return "\n".join([_NOTE, *lines, ""])


_NOTE: Final = "# Written by careteam at every start."


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
