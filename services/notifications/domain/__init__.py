"""What notifications decides: pure functions of facts, times and ids that come in as arguments."""
