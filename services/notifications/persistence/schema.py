"""The one description of this service's schema, to which each module of tables adds its own."""

from typing import Final

import sqlalchemy as sa

from shared.storage.tables import add_platform_tables

metadata: Final = sa.MetaData()
add_platform_tables(metadata)
