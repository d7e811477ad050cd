# One salon or a handful: nothing runs while nothing happens.
alert_emails   = ["owner@example.com"]
monthly_budget = 25
