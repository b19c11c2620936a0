"""`manage.py load_demo`: a school to try, with people whose sign-ins are printed."""

from typing import Any

from django.core.management.base import BaseCommand

from courses.demo import demo_people
from courses.opening import open_school


class Command(BaseCommand):
    help = "Open the school with the basic course and demo people, once, and print their sign-ins."

    def handle(self, *args: Any, **options: Any) -> None:
        open_school(self.stdout.write)
        for line in demo_people():
            self.stdout.write(line)
