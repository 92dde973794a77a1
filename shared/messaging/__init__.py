"""Messages between services: nothing lost, nothing doubled, nothing reordered.

Read it in this order. A transaction ends with rows in the outbox (``outbox``). The relay sends
them to the stream, in order per client, until the stream has acknowledged them (``relay``), and
sends again what the stream turns out not to hold (``reconcile``). Another service pulls them
(``pull``), lets them take effect in order per client with many clients to a transaction
(``consumer``, ``applying``), and keeps in its database what has to wait (``lane_store``,
``lanes``, ``parked``). Marks say how fresh all this is (``watermarks``). Deadlines are rows that
fire into the outbox (``timer_runner``), some of them after asking first (``asking_timers``). What
decides is asked, not remembered (``asking``).

Three facts carry the whole of it. Each message has an id, and a number that counts its producer's
messages about one client without holes. Each effect commits together with the cursor that says it
happened and the messages that it causes. And each step that can be cut off is repeated until its
successor has proof of it.
"""

from shared.messaging.asking import Answer, AnswerTable, Asker
from shared.messaging.delivery import Delivery
from shared.messaging.due import Due
from shared.messaging.erasing import erase_client, erasure_answer
from shared.messaging.outcomes import Done, Outcome, Park, Retry
from shared.messaging.subscriptions import Subscription

__all__ = [
    "Answer",
    "AnswerTable",
    "Asker",
    "Delivery",
    "Done",
    "Due",
    "Outcome",
    "Park",
    "Retry",
    "Subscription",
    "erase_client",
    "erasure_answer",
]
