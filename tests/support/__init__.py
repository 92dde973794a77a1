"""What tests stand on: real parts, started once for each worker."""
