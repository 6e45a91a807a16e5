"""Long work of the GUI thread in steps, and imports that are safe only there.

PySide makes a type when it is first asked for, and two threads that do so at once end the process.
So no module that imports Qt is imported off the GUI thread: what takes longer than a frame is done
here, a step at a time, with events in between.
"""

from __future__ import annotations

import ast
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, module_from_spec
from types import CodeType, ModuleType
from typing import Any

from PySide6.QtCore import QObject, QTimer

SLICE_S = 0.004
"""After this long, events are handled before the next step."""


class Slices(QObject):
    """A runner of steps on the GUI thread, a few milliseconds at a time."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._steps: Iterator[None] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._go_on)

    @property
    def is_running(self) -> bool:
        """Whether a step is to come."""
        return self._timer.isActive()

    def begin(self, steps: Iterator[None]) -> None:
        """Run these steps, beginning with the next turn of the event loop."""
        self._steps = steps
        self._timer.start()

    def close(self) -> None:
        """Run no further step."""
        self._timer.stop()
        self._steps = None

    def _go_on(self) -> None:
        until = time.perf_counter() + SLICE_S
        for _ in self._steps or ():
            if time.perf_counter() >= until:
                self._timer.start()
                return


def qt_types() -> Iterator[None]:
    """Have PySide make every type of its three large modules, one at a step.

    After that no worker can be the first to ask for one.
    """
    for name in ("PySide6.QtCore", "PySide6.QtGui", "PySide6.QtWidgets"):
        module = import_module(name)
        for attribute in dir(module):
            getattr(module, attribute)
            yield


def modules(names: Iterable[str]) -> Iterator[None]:
    """Import these modules, one at a step."""
    for name in names:
        import_module(name)
        yield


def package(name: str) -> Iterator[None]:
    """Import a package with a long `__init__`, one of its statements at a step.

    An import of it before the last step runs the rest of the statements at once.
    """
    if name not in sys.modules:
        spec = find_spec(name)
        source = _source(spec) if spec is not None else None
        if spec is None or source is None:
            import_module(name)
            return
        sys.modules[name] = _Arriving(spec, source).module
    arriving = getattr(sys.modules[name].__dict__.get("__getattr__"), "__self__", None)
    while isinstance(arriving, _Arriving) and arriving.step():
        yield


def _source(spec: ModuleSpec) -> str | None:
    get_source = getattr(spec.loader, "get_source", None)
    text: str | None = get_source(spec.name) if get_source is not None else None
    return text


class _Arriving:
    """A package whose `__init__` has run in part."""

    def __init__(self, spec: ModuleSpec, source: str) -> None:
        self.module: ModuleType = module_from_spec(spec)
        origin = spec.origin or spec.name
        self._codes: deque[CodeType] = deque(
            compile(ast.Module([statement], []), origin, "exec", dont_inherit=True)
            for statement in ast.parse(source).body
        )
        self._stepping = False
        self.module.__dict__["__getattr__"] = self.missing

    def step(self) -> bool:
        """Run the next statement; False when there is none left."""
        if not self._codes:
            return False
        self._stepping = True
        try:
            exec(self._codes.popleft(), self.module.__dict__)  # noqa: S102 - as an import would
        except BaseException:
            # As after any import that failed, the next one begins anew.
            sys.modules.pop(self.module.__name__, None)
            raise
        finally:
            self._stepping = False
        if not self._codes:
            del self.module.__dict__["__getattr__"]
        return bool(self._codes)

    def missing(self, name: str) -> Any:
        """Return an attribute that is not defined yet, after running the remaining statements."""
        # While a statement runs, modules it imports may ask for names: run no other one then.
        while not self._stepping and self._codes:
            self.step()
        try:
            return self.module.__dict__[name]
        except KeyError:
            said = f"module {self.module.__name__!r} has no attribute {name!r}"
            raise AttributeError(said) from None
