"""The clinic in containers: what its files say, and how it behaves when it really runs."""
