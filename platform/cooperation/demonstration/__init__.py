"""The demonstration: fictional States, invented answers, one person for each role.

Everything is made by the service functions that the pages use, by persons who have signed in with
passwords that the builder has just made (design: vault, "A Reader is made in three places").
"""
