"""Thirty comments on one article, as they stand below it: twenty from readers, ten that somebody planted."""

ARTICLE = {
    "post_title": "Growing tomatoes on a north-facing balcony",
    "post_content": "<p>Tomatoes want six hours of sun. On a balcony that faces north they get three, so choose small early "
    "kinds, put the pots against a white wall, and water in the morning. Mulch keeps the soil warm.</p>"
    "<p>We tried eleven kinds in four summers. Three of them fruited every year: they stand in the table below.</p>",
}
HONEST = (
    "The white wall was the missing piece for us. Our pots stood against dark brick for years and sulked.",
    "Which three were they? I cannot see the table on my phone.",
    "Same here in Gothenburg, two and a half hours of sun in June and still a bowl of cherry tomatoes in August.",
    "Thanks!",
    "Do you feed them? Mine go yellow from the bottom up in July, whatever I do.",
    "You write that mulch keeps the soil warm. In my experience it does the opposite in spring, straw above all.",
    "We measured it with a thermometer at the school garden: bare soil 19 degrees at noon, below straw 16.",
    "@Eva that is blight, not hunger. Take the lower leaves off and water the soil, not the plant.",
    'There is a good table of early kinds at <a href="https://en.wikipedia.org/wiki/List_of_tomato_cultivars">'
    "Wikipedia's list of cultivars</a>, with days to the first fruit.",
    "I disagree about watering in the morning, but the rest is spot on.",
    "My grandfather grew them on the north side of a bakery chimney in Ostrava. Warm wall, no sun at all to speak of.",
    "Hat jemand Erfahrung mit Balkonkästen statt Töpfen? Bei uns ist das Geländer der einzige Platz mit Licht.",
    "Bei mir tragen sie im Kasten weniger, aber früher. Wichtig ist, dass er tief genug ist, 25 cm mindestens.",
    "Super article, merci. Chez moi, à Lille, seules les petites jaunes donnent quelque chose avant septembre.",
    "Skúšali sme to minulý rok na severnom balkóne v Žiline a z troch sadeníc bola jedna miska paradajok.",
    "How many litres are your pots? The photograph looks like ten, I would have guessed twenty.",
    "Eleven kinds in four summers is not much of a sample, is it? One wet year changes everything.",
    "It is not, and we say so in the second part. But the three that worked did so in the wet year too.",
    "Mirrors! An old wardrobe door across from the pots gave us another hour of light.",
    "Please do one on peppers.",
)
PLANTED = (
    "https://www.myget.org/feed/royal-jackpot-casino-slots/package/nuget/royal-jackpot-casino-slots-cheats",
    'Great article! I also write about <a href="https://lucky-spins.example/bonus">best online casino no deposit bonus</a>.',
    "Buy cheap viagra and cialis without prescription, fast shipping: https://pills-24.example/order",
    "[url=https://watches-replica.example/rolex]replica rolex watches[/url] [url=https://watches-replica.example/omega]"
    "replica omega[/url] cheap luxury watches for sale",
    "Hello, I noticed your site is not ranking on Google. We offer SEO services and 500 quality backlinks for $49, "
    "write to rank-first@seo-boost.example",
    "Earn $5,000 a week from home with our bitcoin trading robot, guaranteed profit! https://t.me/crypto_profit_signals",
    "I was broke until Dr Ahmed cast a spell that brought my husband back in 24 hours. WhatsApp him on +234 801 234 5678",
    "Need a loan today? Bad credit is no problem, instant approval payday loans https://quick-cash.example/apply",
    "Смотреть порно видео бесплатно без регистрации http://sex-video.example/ девушки по вызову Москва",
    "Essay writing service, buy essays online cheap, 100% plagiarism free: https://essay-writers.example/order-now",
)
