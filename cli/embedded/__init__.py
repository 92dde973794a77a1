"""PostgreSQL and NATS as child processes: real servers, private to this clinic."""
