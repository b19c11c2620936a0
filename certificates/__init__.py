"""Certificates: the fact of a finished course, on paper and on a page that others can check.

Roles, grants and the register will stand here too.
"""
