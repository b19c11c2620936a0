#!/usr/bin/env python
"""Django's command line for the school."""

import os
import sys


def main() -> None:
    """Run one of Django's or the school's commands."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
