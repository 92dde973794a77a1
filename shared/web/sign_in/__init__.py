"""One sign-in for all services: each is an OpenID Connect relying party of one issuer.

What a browser keeps is the id of a row of this service, as ever (``shared.web.pages.sessions``);
this room is how such a row comes to be: the way to the issuer and back, what its tokens have to
prove, what the issuer says later, and being asked again before what cannot be undone.
"""
