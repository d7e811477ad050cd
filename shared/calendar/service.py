"""A service: how long it takes, what it needs around it, what it earns."""

from datetime import timedelta
from functools import cached_property
from typing import Annotated, Self

from pydantic import Field, model_validator

from shared.records.app_document import AppDocument, Minutes
from shared.records.stored import DocumentId, Money, Number, Stored
from shared.values.visible import Name


class Processing(Stored):
    """The time within the service in which it works by itself and the staff member is free."""

    after_minutes: Minutes
    minutes: Minutes

    @cached_property
    def after(self) -> timedelta:
        return timedelta(minutes=self.after_minutes)

    @cached_property
    def duration(self) -> timedelta:
        return timedelta(minutes=self.minutes)


class Service(AppDocument):
    """Buffers lie outside of `duration_minutes`, processing inside."""

    name: Name
    category: str = ""
    duration_minutes: Annotated[Minutes, Field(gt=0)]
    price: Annotated[Money, Field(ge=0)]
    margin: Annotated[Number, Field(ge=0, le=1)] = 0.6
    buffer_before_minutes: Minutes = 0
    buffer_after_minutes: Minutes = 0
    processing: Processing | None = None
    resource_ids: list[DocumentId] = []
    active: bool = True

    @model_validator(mode="after")
    def _processes_within_itself(self) -> Self:
        if self.processing and self.processing.after_minutes + self.processing.minutes > self.duration_minutes:
            raise ValueError(
                f"expected processing of service {self.id} within its {self.duration_minutes} minutes, found "
                f"{self.processing.minutes} minutes after {self.processing.after_minutes}"
            )
        return self

    @cached_property
    def duration(self) -> timedelta:
        return timedelta(minutes=self.duration_minutes)

    @cached_property
    def buffer_before(self) -> timedelta:
        return timedelta(minutes=self.buffer_before_minutes)

    @cached_property
    def buffer_after(self) -> timedelta:
        return timedelta(minutes=self.buffer_after_minutes)

    @cached_property
    def needed_minutes(self) -> int:
        """The free time that it needs: its own and its buffers."""
        return self.buffer_before_minutes + self.duration_minutes + self.buffer_after_minutes
