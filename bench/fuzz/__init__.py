"""A campaign that tries to break the program: `make fuzz`. `targets` lists what is tried, and what must hold of each.

Hypothesis draws inputs, and mutators damage samples; both are seeded. A case is a project folder, so a failing one is
kept as files, and one command runs it again. None of this is in the wheel.
"""
