"""Signing in at the staff desk, beyond name and password.

factors.py   the second factor: who needs one, which devices somebody has, recovery codes
sessions.py  where somebody is signed in, and ending that
views.py     the pages: setting up, being asked, one's sessions and sign-ins
urls.py      their addresses
"""
