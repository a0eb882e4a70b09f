"""What holds for every test."""

from hypothesis import settings

# No deadline for one example: a machine that is busy elsewhere is no defect of ours.
settings.register_profile("winnow", deadline=None)
settings.load_profile("winnow")
