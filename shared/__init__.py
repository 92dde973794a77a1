"""What every service stands on. It knows no service, and no clinical noun but the protocol's."""
