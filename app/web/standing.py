"""How this process and the others beside it do, as the program around the application knows it."""

from dataclasses import dataclass


@dataclass(slots=True)
class Standing:
    """Counts of processes; all 0 where one serves alone."""

    is_ending: bool = False
    """This process answers what it still gets, and takes nothing new soon."""
    wanted: int = 0
    serving: int = 0
    silent: int = 0
    """That have not been heard for some seconds; they are replaced after a few more."""
    starting: int = 0
    replaced: int = 0
    """That have ended, or were ended, and got another one in their place."""

    def sentence(self) -> str:
        """For people.

        >>> Standing(wanted=4, serving=2, silent=1, starting=1).sentence()
        '2 of 4 serve, 1 is silent, 1 is starting'
        """
        rest = [
            f"{n} {'is' if n == 1 else 'are'} {what}"
            for n, what in ((self.silent, "silent"), (self.starting, "starting"))
            if n
        ]
        return ", ".join([f"{self.serving} of {self.wanted} serve", *rest])
