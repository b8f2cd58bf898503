"""The tables. A change here needs a step in `migrations/versions`; a test compares the two."""

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
)
from sqlalchemy.engine import Dialect

from studiolo.core.usage import Usage


class UtcTime(TypeDecorator[datetime]):
    """A moment in UTC, also where the database knows no time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses moments without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Puts the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData()

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("workspace", String(64), nullable=False),
    Column("prefix", String(32), nullable=False),
    Column("digest", LargeBinary(32), nullable=False, unique=True),
    Column("created", UtcTime(), nullable=False),
    Column("revoked", UtcTime()),
    Index("ix_api_keys_prefix", "prefix"),
)

# One row for each thing that other processes keep in memory; `number` grows with every change.
generations = Table(
    "generations",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("number", Integer, nullable=False),
)

# One row for each request; token counts are those of `core.usage.Usage`, times are microseconds.
ledger = Table(
    "ledger",
    metadata,
    Column("request_id", String(36), primary_key=True),
    Column("parent", String(64)),
    Column("workspace", String(64), nullable=False),
    Column("key_id", String(64), nullable=False),
    Column("dialect", String(16), nullable=False),
    Column("model", String(128), nullable=False),
    Column("snapshot", String(128), nullable=False),
    Column("deployment", String(64), nullable=False),
    Column("node", String(64), nullable=False),
    Column("streamed", Boolean, nullable=False),
    Column("status", String(16), nullable=False),
    Column("error", String(64)),
    Column("started_us", BigInteger, nullable=False),
    Column("ended_us", BigInteger, nullable=False),
    Column("first_token_us", BigInteger),
    *(Column(name, BigInteger, nullable=False) for name in Usage.__struct_fields__),
    Index("ix_ledger_started_us", "started_us"),
)
