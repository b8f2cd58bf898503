"""Puts a double together: its engine, its rules, and what can be seen and steered of it."""

from collections.abc import Callable

from starlette.types import ASGIApp

from studiolo.config import DeploymentSettings, Settings
from studiolo.engines.scripted.double import Double
from studiolo.engines.scripted.engine import Manner
from studiolo.engines.scripted.rules.book import RuleBook, Rules
from studiolo.engines.scripted.rules.engine import RuledEngine
from studiolo.engines.scripted.rules.file import read_rules, unreadable
from studiolo.engines.scripted.rules.script import RuledScript
from studiolo.families.table import FAMILIES
from studiolo.http.chat import Bounds
from studiolo.http.double.steering import DoubleEndpoint, Steering, double_routes
from studiolo.http.double.watching import Watching
from studiolo.protocols.documented import documented
from studiolo.service.access import Access
from studiolo.service.double.inspection import Inspection


def rules_of(settings: Settings) -> Rules:
    """The rules in the file that the settings name. Raises RulesInvalid."""
    path = settings.double.rules
    if path is None:
        return Rules()
    try:
        content = path.read_text("utf-8")
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise unreadable(str(path), reason) from error
    return rules_in(str(path), content)


def rules_in(source: str, content: str) -> Rules:
    """The rules in this text. Raises RulesInvalid."""
    statuses = {code: error.status for code, error in documented().items()}
    return read_rules(source, content, errors=statuses)


def ruled_engine(settings: DeploymentSettings, book: RuleBook) -> RuledEngine:
    """The engine of a double under the rules of this book."""
    thinks = FAMILIES[settings.family].thinks != "never"
    return RuledEngine(
        RuledScript(Double(thinks=thinks), book, thinks=thinks),
        name=settings.name,
        context=settings.context,
        parallel=settings.parallel,
        manner=Manner(
            first_token_s=settings.first_token_s,
            tokens_per_s=settings.tokens_per_s,
            remembered_prompts=settings.remembered_prompts,
        ),
    )


def steering(settings: Settings, book: RuleBook) -> Steering | None:
    """What can be seen and done while it runs; nothing unless the settings say so."""
    if not settings.double.inspect:
        return None

    def play(content: str) -> int:
        return _replaced(book, rules_in("the rules", content))

    def restore() -> int:
        return _replaced(book, rules_of(settings))

    return Steering(Inspection(settings.double.requests, rule_of=book.rule_of), play, restore)


def around(
    wheel: Steering | None, *, access: Access, bounds: Bounds
) -> Callable[[ASGIApp], ASGIApp]:
    """What stands in front of the routes of a double."""

    def with_double(app: ASGIApp) -> ASGIApp:
        if wheel is None:
            return app
        endpoint = DoubleEndpoint(wheel, access=access, bounds=bounds)
        return Watching(double_routes(endpoint, app), wheel.inspection)

    return with_double


def _replaced(book: RuleBook, rules: Rules) -> int:
    book.replace(rules)
    return len(rules.rules)
