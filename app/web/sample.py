"""The comment that the project began with: what the documentation and the first start show."""

SAMPLE_URL = "https://www.myget.org/feed/royal-jackpot-casino-slots/package/nuget/royal-jackpot-casino-slots-cheats"
