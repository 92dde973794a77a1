"""The statements of :mod:`shared.messaging.lane_store`."""

from typing import Final

CURSORS: Final = """
    SELECT client_id, producer, sequence FROM lane_cursors WHERE client_id = ANY($1::uuid[])
"""
STANDING: Final = """
    SELECT client_id, producer, sequence FROM lane_cursors WHERE client_id = ANY($1::uuid[])
    UNION ALL
    SELECT DISTINCT client_id, NULL::text, NULL::bigint FROM lane_events
    WHERE client_id = ANY($1::uuid[])
    UNION ALL
    SELECT client_id, NULL::text, 0::bigint FROM erased_clients
    WHERE client_id = ANY($1::uuid[])
"""
"""Cursors, a row without a producer for each client of whom something waits, and one with a number
for each who is erased."""

TOOK_EFFECT: Final = """
    WITH applied AS (
        SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::bigint[], $5::text[],
                             $6::int[])
            AS applied (event_id, producer, client_id, client_sequence, type, aggregate_version)
    ), received AS (
        INSERT INTO inbox (event_id, producer, client_id, client_sequence, type,
                           aggregate_version)
        SELECT event_id, producer, client_id, client_sequence, type, aggregate_version
        FROM applied
    )
    INSERT INTO lane_cursors (client_id, producer, sequence)
    SELECT client_id, producer, max(client_sequence) FROM applied GROUP BY client_id, producer
    ON CONFLICT (client_id, producer) DO UPDATE SET sequence = excluded.sequence
"""
"""Inbox rows and cursors in one: each way to the server and back costs every batch."""

WAIT: Final = """
    INSERT INTO lane_events (event_id, client_id, producer, client_sequence, course_id, type,
                             stream_sequence, headers, payload)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8::text::jsonb, $9)
    ON CONFLICT (event_id) DO NOTHING
"""
UNREADABLE: Final = """
    INSERT INTO unreadable_messages (stream_epoch, stream_sequence, subject, headers, payload,
                                     reason)
    VALUES (coalesce((SELECT epoch FROM stream_epochs), 0), $1, $2, $3::text::jsonb, $4, $5)
    ON CONFLICT DO NOTHING
"""
_HELD_UP: Final = """
    EXISTS (SELECT FROM lane_events AS failed WHERE failed.client_id = waiting.client_id
            AND (failed.parked_at IS NOT NULL OR failed.retry_at > clock_timestamp()))
"""
DUE: Final = f"""
    SELECT DISTINCT waiting.client_id FROM lane_events AS waiting
    LEFT JOIN lane_cursors USING (client_id, producer)
    WHERE waiting.client_sequence <= coalesce(lane_cursors.sequence, 0) + 1
      AND NOT {_HELD_UP}
    LIMIT 1000
"""  # noqa: S608 - no value of anybody's is in it
LANE: Final = f"""
    SELECT waiting.headers, waiting.payload, waiting.stream_sequence, waiting.attempts
    FROM lane_events AS waiting LEFT JOIN lane_cursors USING (client_id, producer)
    WHERE waiting.client_id = $1
      AND waiting.client_sequence <= coalesce(lane_cursors.sequence, 0) + $2
      AND NOT {_HELD_UP}
    ORDER BY waiting.stream_sequence, waiting.client_sequence
"""  # noqa: S608 - as above
URGENT: Final = """
    SELECT headers, payload, stream_sequence, attempts FROM lane_events
    WHERE type = ANY($1::text[]) AND event_id > $2 ORDER BY event_id LIMIT 100
"""
GAPS: Final = """
    SELECT client_id, producer, coalesce(lane_cursors.sequence, 0) + 1 AS first,
           min(client_sequence) - 1 AS last
    FROM lane_events LEFT JOIN lane_cursors USING (client_id, producer)
    GROUP BY client_id, producer, lane_cursors.sequence
    HAVING min(client_sequence) > coalesce(lane_cursors.sequence, 0) + 1
       AND min(received_at) < clock_timestamp() - $1::interval
       AND coalesce(max(asked_again_at) < clock_timestamp() - greatest(
               $1::interval,
               least(max(asked_again_at) - min(received_at), interval '10 minutes')), true)
    ORDER BY min(received_at) LIMIT 100
"""
ASKED_AGAIN: Final = """
    UPDATE lane_events SET asked_again_at = clock_timestamp()
    WHERE client_id = $1 AND producer = $2
"""
REMOVE: Final = "DELETE FROM lane_events WHERE event_id = ANY($1::uuid[])"
POSTPONE: Final = """
    UPDATE lane_events SET attempts = attempts + 1, reason = $3,
                           retry_at = clock_timestamp() + $2::interval
    WHERE event_id = $1 AND parked_at IS NULL
"""
PARK: Final = """
    UPDATE lane_events SET attempts = attempts + 1, reason = $2, retry_at = NULL,
                           parked_at = clock_timestamp()
    WHERE event_id = $1 AND parked_at IS NULL
"""
