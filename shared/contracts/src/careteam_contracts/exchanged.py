"""What every question and answer is."""

from pydantic import BaseModel, ConfigDict


class Exchanged(BaseModel):
    """A question, an answer, or a part of one: strict to write, open to new fields to read."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, hide_input_in_errors=True)
