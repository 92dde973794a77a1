"""The audit chains of a clinic, from outside: to be verified, exported and asked."""
