"""libitg in Python: fleets of thin clients in one file, without a server.

    import itg

    with itg.Fleet("fleet.db") as fleet:
        bremen = fleet.directories.at("Bremen/Sales", create=True)
        for tc in fleet.thinclients.where("site==Bremen;lastContact=lt=-7d"):
            tc.move(bremen)

The package needs nothing but the shared library: where the linker finds it, in the build tree of a checkout, or at
the environment's ITG_LIBRARY. Objects hold what was read; methods ask and change the fleet. What the library refuses
raises itg.Error; a call that raised changed nothing.
"""

from ._declarations import (
    Access,
    AccessReason,
    AssetEvent,
    AttributeType,
    Command,
    CommandState,
    Durability,
    Facet,
    Kind,
    LoginResult,
    LogLevel,
    Logon,
    MoveResult,
    Overwrite,
    Right,
    Role,
    RuleFlag,
    RuleMoment,
    RunState,
    Subject,
    TemplateType,
    Type,
    Verdict,
    Weekday,
)
from ._declarations import VERSION as __version__
from ._library import lib as _lib
from ._ports import Delivery, Link
from .access import AccessEntry, AccessVerdict, Group
from .assets import Asset, AssetCategory, AssetDetail, AssetEntry
from .attributes import Attribute
from .audit import AuditEntry
from .commands import CommandEntry, CommandResult
from .directories import Directory, Object
from .errors import (
    AccessDenied,
    AuthenticationError,
    Closed,
    Code,
    DatabaseError,
    DirectoryNotEmpty,
    DirectoryNotFound,
    Duplicate,
    Error,
    FirmwareNotFound,
    InRecycleBin,
    InvalidBody,
    InvalidCredentials,
    InvalidJson,
    InvalidName,
    LicenceError,
    NotAvailable,
    NotFound,
    ParentNotFound,
    RequestError,
    ServerError,
    ThinclientNotFound,
)
from .files import Counts
from .firmwares import Firmware
from .fleet import Fleet, Transaction, expression_check
from .imi import Response
from .inventory import Adapter, Login
from .jobs import Job, JobResult, JobRun
from .profiles import Assignment, Profile
from .rules import Rule, RuleMove
from .settings import Effective
from .templates import TemplateAssignment, TemplateKey, TemplateValue
from .thinclients import PROPERTIES, Property, Thinclient
from .users import User
from .views import View

#: The version of the library that was found.
library_version: str = _lib.version
#: The file that it was loaded from.
library_path: str = _lib.path

__all__ = [name for name in dir() if not name.startswith("_")] + ["__version__"]
