"""Courses of care carried through by hand, by the people that they belong to."""
