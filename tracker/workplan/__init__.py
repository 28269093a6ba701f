"""The rules: what the state of each kind of subject is, how an event changes it, what may be said of it.

Every kind has its file with a state, ``evolve`` (state, event -> state), ``misfit`` (why an event does not fit the
state before it, or None) and ``decide`` (state, wish -> data to store, None where it is already true, or a refusal).
All of it is pure.
"""
