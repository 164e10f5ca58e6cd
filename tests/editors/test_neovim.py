"""The Neovim plug-in in a real, headless Neovim."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import MIGRATION, ROOT, RecordedServer, require

pytestmark = pytest.mark.editor
