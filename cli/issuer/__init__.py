"""The clinic's own OpenID issuer: who people are, for a clinic that has no issuer yet.

The four services know an issuer by its address alone; this one is what `careteam up` and compose
start beside them, and any other takes its place by a setting. The protocol is Authlib's and the
signatures are joserfc's; what is ours is the accounts, the pages, and the rows in between.
"""
