"""From what people decided to a model that has learned it: the change of weights of each site."""
