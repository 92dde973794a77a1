"""What every service's HTTP side shares: calls, problems, access, health, operations."""
