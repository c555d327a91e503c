"""Which requests the page's server accepts: with the link's token, to its address, from the page
itself.

The link holds a token, without which every request is refused. Another page may make the browser
ask this server, too, so requests that name another origin are refused. And a name that an attacker
has turned to this machine's address (DNS rebinding) is not the name in the link: the server answers
to addresses, to localhost, and to the name that it was given.
"""

import ipaddress
import secrets
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Middleware

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(self), microphone=()",
}
"""Of every answer: it is not cached or framed, and sends no referrer."""


def new_token() -> str:
    """Return a random token, too long to guess, of letters that a link may have."""
    return secrets.token_urlsafe(24)


def refuse_strangers(token: str, host: str) -> Middleware:
    """Return what refuses requests (403) without the token, by another name, or from another
    origin.

    Parameters
    ----------
    token : str
        First part of every path.
    host : str
        Name or address that the server listens on.
    """

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not is_known(request.host, host):
            return refusal(f"{request.host} is not the name of this server; open the link as it is")
        origin = request.headers.get("Origin")
        if origin is not None and origin != f"{request.scheme}://{request.host}":
            return refusal("other pages may not ask this server")
        given = request.path.split("/")[1]
        if not secrets.compare_digest(given.encode(), token.encode()):
            return refusal("the link has a token, and this one has not; open the link as it is")
        response = await handler(request)
        if not response.prepared:
            response.headers.update(HEADERS)
        return response

    return guard


def refusal(sentence: str) -> web.Response:
    """Return an answer of 403 with a sentence."""
    return web.Response(status=403, text=f"403: {sentence}\n", headers=HEADERS)


def is_known(header: str, host: str) -> bool:
    """Whether a Host header names this server: an address, localhost, or the host it listens on.

    Examples
    --------
    >>> is_known("127.0.0.1:8765", "127.0.0.1"), is_known("[::1]:8765", "::1")
    (True, True)
    >>> is_known("evil.example:8765", "127.0.0.1")
    False
    """
    try:
        name = urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return False
    if name in ("localhost", host.strip("[]").lower()):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
