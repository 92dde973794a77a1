"""What acts on a whole clinic: starting it, watching it, asking it why."""
