"""The rules of prescribing: pure, from facts and times to changes and decisions."""
