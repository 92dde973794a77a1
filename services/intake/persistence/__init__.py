"""Where intake keeps what it decided: one row for each aggregate, facts that can be rebuilt."""
