"""What the sandbox says no with; the application answers ``status`` and ``{"detail": …}``."""


class ApiError(Exception):
    """A request the sandbox does not serve; *detail* is the sentence the caller reads."""

    status = 500

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class Malformed(ApiError):
    """The request cannot be read at all: a truncated body, a filter that does not parse."""

    status = 400


class Unauthorized(ApiError):
    """No API key came with the request."""

    status = 401


class NotFound(ApiError):
    """What was asked for does not exist for this tenant."""

    status = 404


class Conflict(ApiError):
    """The name or id is taken."""

    status = 409


class TooLarge(ApiError):
    """The decoded body is larger than the sandbox takes."""

    status = 413


class Unsupported(ApiError):
    """A media type or content coding the sandbox does not know."""

    status = 415


class Unprocessable(ApiError):
    """The request breaks a rule of the ingest contract; *detail* names run, part and rule."""

    status = 422


class NotImplementedHere(ApiError):
    """Something LangSmith can do and the sandbox cannot."""

    status = 501
