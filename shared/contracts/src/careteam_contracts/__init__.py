"""Events, questions and envelope that careteam's services share with each other and integrators."""
