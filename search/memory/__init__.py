"""A whole index in memory, exact and simple: for tests of applications, and the other thing behind the seam.

Start at `index`.
"""
