"""Where notifications keeps its state: tables, repositories, what pages read."""
