"""A page and who looks at it: shows templates, and hands forms to the functions of the API."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Depends, HTTPException, Request
from fastapi.encoders import jsonable_encoder
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.access import Action
from shared.audit import Attempt, Outcome
from shared.decisions import Refused, Unproven
from shared.storage import form_drafts
from shared.web.calls import IDEMPOTENCY_KEY, Call, calling
from shared.web.pages import sessions
from shared.web.pages.emergencies import has_to_do_with_emergencies, look_for_emergencies
from shared.web.pages.forms import (
    NOT_UNDERSTOOD,
    Form,
    draft_seen,
    kept_values,
    nested,
    page_of,
    sent_form,
    subject_of,
)
from shared.web.pages.guard import assert_own_form, assert_same_origin
from shared.web.pages.mistakes import mistakes_in
from shared.web.pages.sessions import SignedIn
from shared.web.pages.showing import render
from shared.web.people import Directory
from shared.web.sign_in import kept_forms
from shared.web.sign_in.going_on import goes_on
from shared.web.texts import version

B = TypeVar("B", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a page's route does its work with."""

    call: Call
    person: SignedIn
    typed_before: Mapping[str, Form] = field(default_factory=dict)
    """What this person had typed here, by form: as a draft, or when asked who they are."""

    def show(self, template: str, **values: Any) -> Response:
        """The page, in the person's language and light.

        Where several forms stand on it, a template gets each by its subject from ``form_of``.
        """
        form = values.get("form", Form())
        if form == Form():
            form = self.typed_in("")
        shown = {"may": self.may, **values, "form": form, "form_of": self._form_of(form)}
        return HTMLResponse(render(self.call.request, template, self.person, shown))

    @property
    def kept_form(self) -> Form | None:
        """What was being typed when this person was asked who they are; None: nothing."""
        return next((one for one in self.typed_before.values() if one.draft_at is None), None)

    def typed_in(self, subject: str) -> Form:
        """What this person had typed into one of the page's forms; nothing, where they had not."""
        return self.typed_before.get(subject, Form(subject=subject))

    def other_drafts(self, form: Form) -> list[Form]:
        """What else this person has begun with the same form and not handed in."""
        typed = self.typed_before.values()
        return [one for one in typed if one.subject not in ("", form.subject)]

    def _form_of(self, sent: Form) -> Callable[[str], Form]:
        def form_of(subject: object) -> Form:
            name = str(subject)
            own = sent if sent.subject == name else self.typed_in(name)
            return replace(own, prefix=name)

        return form_of

    async def stay(self) -> None:
        """Keep the person signed in while this page is open: where somebody is in their care."""
        request = self.call.request
        session_id = sessions.session_id_of(request)
        if session_id is not None:
            engine = self.call.service.database.engine
            async with engine.begin() as connection:
                await sessions.signed_in(connection, session_id)
            await goes_on(engine, request.app.state.issuer, session_id, self.person)
        request.state.stays = True

    def may(self, action: str) -> bool:
        """Whether this person's role is one that the action is for."""
        actions: Mapping[str, Action] = self.call.request.app.state.access
        return self.person.actor.role in actions[action].roles

    def people(self, role: str) -> list[tuple[UUID, str]]:
        """Those of the clinic's people who have this role."""
        directory: Directory = self.call.request.app.state.directory
        return [(person.ref, person.name) for person in directory.everyone() if person.role == role]

    async def submit(
        self,
        body: type[B],
        act: Callable[[B, Call], Awaitable[Any]],
        *,
        then: Callable[[Any], str] | str,
        again: Callable[[Form], Awaitable[Response]],
    ) -> Response:
        """Do what the form asks for and go on to ``then``, or show it again with what is wrong.

        ``then`` is a path, or is made from the answer's JSON. The same form sent twice acts once.
        """

        async def go_on(_form: Form, made: Any) -> Response:
            await self._forget_draft()
            target = then if isinstance(then, str) else then(jsonable_encoder(made))
            return RedirectResponse(target, status_code=303)

        return await self.ask(body, act, shown=go_on, again=again)

    async def ask(
        self,
        body: type[B],
        act: Callable[[B, Call], Awaitable[Any]],
        *,
        shown: Callable[[Form, Any], Awaitable[Response]],
        again: Callable[[Form], Awaitable[Response]],
    ) -> Response:
        """Show the answer to a form together with what was typed, or the form with its mistakes."""
        sent = await sent_form(self.call.request)
        assert_own_form(self.person.form_token, sent.get("form_token"))
        self.call.request.state.page_of_form = sent.get("form_page")
        filled = Form.found(kept_values(sent), draft_seen=draft_seen(sent))
        try:
            command = body.model_validate(nested(sent, self.call.service.settings.zone))
        except ValidationError as error:
            self._attempt.outcome = Outcome.REFUSED
            return _status(await again(replace(filled, mistakes=mistakes_in(error))), 422)
        try:
            made = await act(command, self._keyed(sent.get("form_key"), sent.get("form_seen")))
        except Unproven as unproven:
            self._attempt.outcome = Outcome.FAILED
            return _status(await again(replace(filled, refusals=unproven.refusals)), 503)
        except Refused as refused:
            self._attempt.outcome = Outcome.REFUSED
            receipt = self._attempt.decided[-1] if self._attempt.decided else None
            told = replace(filled, refusals=refused.refusals, receipt=receipt)
            return _status(await again(told), 409)
        return await shown(filled, made)

    async def _forget_draft(self) -> None:
        """What was submitted is no draft any more."""
        sent = await sent_form(self.call.request)
        if "form_draft_seen" in sent:
            async with self.call.service.database.engine.begin() as connection:
                form = form_drafts.form_of(page_of(sent), subject_of(sent))
                seals = self.call.service.seals
                await form_drafts.drop(connection, seals, self.call.actor, form)

    @property
    def _attempt(self) -> Attempt:
        attempt: Attempt = self.call.request.state.attempt
        return attempt

    def _keyed(self, key: object, seen: object) -> Call:
        context = self.call.context
        if isinstance(seen, str) and (before := version(seen)) is not None:
            context = replace(context, if_match=before)
        if isinstance(key, str) and re.fullmatch(IDEMPOTENCY_KEY, key) is None:
            raise HTTPException(422, NOT_UNDERSTOOD)
        return replace(self.call, key=key if isinstance(key, str) else None, context=context)


def paged(action: str) -> Callable[..., Awaitable[Page]]:
    """The dependency of a page's route: declares its action and makes its :class:`Page`."""
    called = calling(action)

    async def page(request: Request, call: Annotated[Call, Depends(called)]) -> Page:
        assert_same_origin(request)
        person: SignedIn = request.state.person
        before: dict[str, Form] = {}
        asked_for = request.method == "GET" and "hx-request" not in request.headers
        if asked_for or has_to_do_with_emergencies(request, call):
            async with call.service.database.engine.begin() as connection:
                await look_for_emergencies(request, connection, call)
                if asked_for:
                    before = await _typed_before(request, connection, call)
        return Page(call=call, person=person, typed_before=before)

    return page


async def _typed_before(
    request: Request, connection: AsyncConnection, call: Call
) -> dict[str, Form]:
    """What the person had typed: their drafts, and before them what was kept when they were asked
    who they are."""
    drafts = await form_drafts.on_page(
        connection, call.service.seals, call.actor, request.url.path, call.context.now
    )
    found = {
        subject: Form.found(draft.fields, draft_seen=draft.version, draft_at=draft.saved_at)
        for subject, draft in drafts.items()
    }
    secret = request.query_params.get(kept_forms.NAME)
    if secret and (values := await kept_forms.found(connection, call.actor, secret)):
        form = Form.found(values)
        seen = found[form.subject].draft_seen if form.subject in found else 0
        found[form.subject] = replace(form, draft_seen=seen)
    return found


def _status(response: Response, status: int) -> Response:
    response.status_code = status
    return response
