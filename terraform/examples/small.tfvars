# One salon or a handful: nothing runs while nothing happens.
alert_emails = ["owner@example.com"]

# A budget that warns needs both; `gcloud billing accounts list` names the account.
# billing_account = "012345-6789AB-CDEF01"
# monthly_budget  = 25
