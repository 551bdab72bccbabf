"""The card gateway: PowerTranz's protocol over HTTP, and how its answers are judged."""
