"""A client's courses over time: from the journals of all services, on two clocks.

An event became true at ``occurred_at`` and was recorded at ``recorded_at``. How things stood at a
time, as they were known at another, is the fold of the events that are early enough on both.
"""
