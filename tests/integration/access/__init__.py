"""Every route of every service, for every role and relation, with both walls and with either."""
