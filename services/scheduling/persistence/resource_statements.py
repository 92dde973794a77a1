"""The statements of the book of rooms, clinicians and clients."""

from typing import Final

import sqlalchemy as sa

NUMBER: Final = sa.text(
    """
    INSERT INTO resources (kind, owner)
    SELECT * FROM unnest(CAST(:kinds AS text[]), CAST(:owners AS uuid[])) AS wanted (kind, owner)
    WHERE NOT EXISTS (
        SELECT FROM resources r WHERE r.kind = wanted.kind AND r.owner = wanted.owner)
    ON CONFLICT DO NOTHING
    """
)
_NUMBERS_OF: Final = """
    SELECT resource_no, kind, owner FROM resources
    WHERE (kind, owner) IN (
        SELECT * FROM unnest(CAST(:kinds AS text[]), CAST(:owners AS uuid[])))
    ORDER BY resource_no
"""
SEE: Final = sa.text(_NUMBERS_OF)
LOCK: Final = sa.text(_NUMBERS_OF + " FOR UPDATE")
PROMISED: Final = sa.text(
    """
    SELECT b.resource_no, b.session_id, lower(b.during) AS since, upper(b.during) AS until,
           s.client_id, s.therapist_ref, s.room_id
    FROM resource_bookings b JOIN sessions s ON s.id = b.session_id
    WHERE b.resource_no = ANY (CAST(:numbers AS bigint[])) AND b.active
      AND b.session_id <> :session_id
      AND b.during && tstzrange(CAST(:starts_at AS timestamptz), CAST(:until AS timestamptz), '[)')
    ORDER BY b.during, b.session_id
    """
)
NEXT: Final = sa.text(
    """
    SELECT DISTINCT ON (b.resource_no) b.resource_no, b.session_id, lower(b.during) AS since,
           upper(b.during) AS until, s.client_id, s.therapist_ref, s.room_id
    FROM resource_bookings b JOIN sessions s ON s.id = b.session_id
    WHERE b.resource_no = ANY (CAST(:numbers AS bigint[])) AND b.active
      AND b.session_id <> :session_id
      AND lower(b.during) BETWEEN CAST(:since AS timestamptz) AND CAST(:before AS timestamptz)
    ORDER BY b.resource_no, lower(b.during), b.session_id
    """
)
HERE: Final = sa.text(
    """
    SELECT id AS session_id, room_id, therapist_ref, attendant_ref, client_id,
           starts_at AS since, reserved_until AS until
    FROM sessions
    WHERE here AND id <> :session_id AND (kind = 'dosing' OR NOT :dosing_only)
      AND (room_id = :room OR client_id = :client
           OR therapist_ref = ANY (CAST(:people AS uuid[]))
           OR attendant_ref = ANY (CAST(:people AS uuid[])))
    ORDER BY starts_at, id
    """
)
RELEASE: Final = sa.text(
    "UPDATE resource_bookings SET active = false, occupied = false WHERE session_id = :session_id"
)
FORGET: Final = sa.text(
    "DELETE FROM resource_bookings"
    " WHERE session_id = :session_id AND resource_no <> ALL (CAST(:numbers AS bigint[]))"
)
PROMISE: Final = sa.text(
    """
    INSERT INTO resource_bookings (session_id, resource_no, during, active, occupied)
    SELECT CAST(:session_id AS uuid), number,
           tstzrange(CAST(:starts_at AS timestamptz), CAST(:until AS timestamptz), '[)'),
           active, occupied
    FROM unnest(CAST(:numbers AS bigint[]), CAST(:active AS boolean[]),
                CAST(:occupied AS boolean[])) AS wanted (number, active, occupied)
    ON CONFLICT (session_id, resource_no) DO UPDATE
    SET during = excluded.during, active = excluded.active, occupied = excluded.occupied
    """
)
