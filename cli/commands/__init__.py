"""The commands of `careteam`, a module each."""
