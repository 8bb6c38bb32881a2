"""What the API's addresses take after the question mark, for /openapi.json. The routes read it leniently."""

from pydantic import BaseModel, Field


class ListQuery(BaseModel):
    q: str | None = Field(default=None, description="Words to look for in titles.")
    limit: int | None = Field(default=None, description="Videos in a page: 1 to 100, 24 if absent.")
    before: str | None = Field(default=None, description="The id of the video after which the page starts.")


class ProcessQuery(BaseModel):
    again: int | None = Field(default=None, description="1 for a new run of a video that is ready.")


class UploadQuery(BaseModel):
    token: str | None = Field(default=None, description="Part of the address that POST /videos gave.")


class ResumeQuery(BaseModel):
    last_event_id: int | None = Field(
        default=None, description="As the header Last-Event-ID, for clients that cannot set it."
    )
